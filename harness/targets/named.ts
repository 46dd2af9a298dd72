import * as v from 'valibot';
import {
  ARCHITECTURES,
  InputError,
  parseKernelVersion,
  type Architecture,
  type KernelVersion,
  type Place,
} from '../../spec/index.js';
import { parseYaml } from '../../spec/rules/yaml-file.js';
import { requireUnsupported, type Unsupported } from '../unsupported.js';
import { about } from '../../spec/rules/about.js';

/** A target that a file gives a name. */
export interface NamedTarget {
  readonly name: string;
  /** As for `--target`. */
  readonly target: string;
  /** The version that the port claims. */
  readonly kernel?: KernelVersion;
  readonly arch?: Architecture;
  readonly append?: readonly string[];
  /** A file of expectations, beside the file of targets. */
  readonly expect?: string;
  /** What the port says that it does not have. */
  readonly unsupported: Unsupported;
}

/** `targets.yaml`, as it is written. */
export const targetsSchema = v.record(
  v.string(),
  v.strictObject({
    target: about(
      'As for --target: local, exec:COMMAND, vm:IMAGE, ssh:HOST, file:TRACE, libc:COMPILER.',
      v.pipe(v.string(), v.nonEmpty()),
    ),
    about: about('What it is, for people who read the file.', v.optional(v.string())),
    kernel: about(
      'The version that the port claims, in quotation marks.',
      v.optional(v.union([v.string(), v.number()])),
    ),
    arch: about('Its architecture, where the target does not imply it.', v.optional(v.picklist(ARCHITECTURES))),
    append: about('Words for the kernel command line of a vm: target.', v.optional(v.string())),
    expect: about('A file of expectations, beside this file.', v.optional(v.pipe(v.string(), v.nonEmpty()))),
    unsupported: about(
      'What it says that it does not have: calls, flags, or ids of clauses. Not judged, and said so.',
      v.optional(v.array(v.string())),
    ),
  }),
);

/**
 * Reads `targets.yaml`.
 *
 * @param text - the content
 * @param file - its name, for messages
 * @throws InputError with file, line and column where it is not what is expected
 */
export function readTargets(text: string, file: string): readonly NamedTarget[] {
  const { value, placeOf } = parseYaml(text, file, targetsSchema);
  return Object.entries(value).map(([name, entry]) => {
    // The file lies in the working directory, and need not be read to be heeded: what --target means without it is no name.
    if (name === 'local' || name.includes(':'))
      throw new InputError(`${name} cannot be a name`, 'it is a target by itself; call it otherwise', placeOf([name]));
    const { target, kernel, arch, append, expect, unsupported = [] } = entry;
    return {
      name,
      target,
      ...(kernel !== undefined && { kernel: version(kernel, placeOf([name, 'kernel'])) }),
      ...(arch && { arch }),
      ...(append !== undefined && { append: append.trim().split(/\s+/) }),
      ...(expect !== undefined && { expect }),
      unsupported: unsupported.map((each, index) =>
        at(placeOf([name, 'unsupported', index]), () => requireUnsupported(each)),
      ),
    };
  });
}

function version(kernel: string | number, place: Place): KernelVersion {
  const parsed = typeof kernel === 'string' ? parseKernelVersion(kernel) : undefined;
  if (parsed !== undefined) return parsed;
  // 6.10 without quotes is the number 6.1.
  const hint =
    typeof kernel === 'number' ? 'write it in quotes: 6.10 is the number 6.1' : 'a version is "6.12" or "5.10.223"';
  throw new InputError(`${String(kernel)} is no version`, hint, place);
}

function at<T>(place: Place, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? error.at(place) : error;
  }
}
