import type { Command } from 'commander';
import { type TargetOptions } from '../harness/index.js';
import { ARCHITECTURES, type Architecture } from '../spec/index.js';
import { choiceOption } from './options.js';

/** Options that say which target is meant, and how it is reached. */
export interface TargetingOptions {
  readonly target: string;
  readonly arch?: Architecture;
  readonly append?: readonly string[];
}

/** Adds `--target` and what goes with it. */
export function addTargeting(command: Command): Command {
  return command
    .option('--target <target>', 'local, exec:COMMAND PREFIX, or vm:KERNEL-IMAGE', 'local')
    .option(
      '--arch <arch>',
      "the target's architecture, where the target does not imply it",
      choiceOption('arch', ARCHITECTURES),
    )
    .option('--append <words>', 'words for the kernel command line of a vm: target', (text: string) =>
      text.trim().split(/\s+/),
    );
}

/** The part of {@link TargetOptions} that the command line gives. */
export function targeting({ arch, append }: TargetingOptions): TargetOptions {
  return { ...(arch && { arch }), ...(append && { append }) };
}
