import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { readTargets, readTextFile, type NamedTarget, type TargetOptions, type Unsupported } from '../harness/index.js';
import { ARCHITECTURES, type Architecture, type KernelVersion } from '../spec/index.js';
import { choiceOption } from './options.js';

/** Options that say which target is meant, and how it is reached. */
export interface TargetingOptions {
  readonly target: string;
  readonly targets?: string;
  readonly arch?: Architecture;
  readonly append?: readonly string[];
  readonly buildProbe?: boolean;
}

/** Where names of targets are looked for when no file is named. */
const DEFAULT_FILE = 'targets.yaml';

/** Adds `--target` and what goes with it. */
export function addTargeting(command: Command): Command {
  return command
    .option(
      '--target <target>',
      'local, exec:COMMAND PREFIX, vm:KERNEL-IMAGE, ssh:HOST, file:TRACE, libc:COMPILER, or a name from targets.yaml',
      'local',
    )
    .option('--targets <file>', `the file that gives targets names (default: ${DEFAULT_FILE}, where there is one)`)
    .option(
      '--arch <arch>',
      "the target's architecture, where the target does not imply it",
      choiceOption('arch', ARCHITECTURES),
    )
    .option('--append <words>', 'words for the kernel command line of a vm: target', (text: string) =>
      text.trim().split(/\s+/),
    )
    .option('--build-probe', 'compile the probe, though one came with the package');
}

/** A target as the command line means it: what a name stands for, with what the command line says besides. */
export interface Meant {
  readonly target: string;
  readonly options: TargetOptions;
  /** The version that the port claims; `--kernel` goes before it. */
  readonly kernel?: KernelVersion;
  readonly unsupported: Unsupported;
  /** The named target's expectations; `--expect` goes before them. */
  readonly expect?: string;
}

/**
 * Looks up a target by name.
 *
 * @throws InputError where the file of names cannot be read
 */
export function meant({ target, targets, arch, append, buildProbe }: TargetingOptions): Meant {
  const named = namesIn(targets).find(({ name }) => name === target);
  const architecture = arch ?? named?.arch;
  const words = append ?? named?.append;
  return {
    target: named?.target ?? target,
    options: {
      ...(architecture && { arch: architecture }),
      ...(words && { append: words }),
      ...(buildProbe && { anew: true }),
    },
    ...(named?.kernel && { kernel: named.kernel }),
    ...(named?.expect !== undefined && { expect: resolve(dirname(targets ?? DEFAULT_FILE), named.expect) }),
    unsupported: named?.unsupported ?? [],
  };
}

function namesIn(file: string | undefined): readonly NamedTarget[] {
  if (file === undefined && !existsSync(DEFAULT_FILE)) return [];
  return targetsIn(file ?? DEFAULT_FILE);
}

/**
 * The targets that a file names.
 *
 * @throws InputError where it cannot be read, or is not what is expected
 */
export function targetsIn(path: string): readonly NamedTarget[] {
  return readTargets(readTextFile(path, 'name a YAML file of targets'), path);
}
