import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { isSafe, kernelFacts, openTarget, probeFeatures, withSession, type Target } from '../harness/index.js';
import {
  EXIT,
  reproducerName,
  testProgramOfCall,
  testProgramOfScenario,
  verifyReproducer,
  type ReproducerText,
  type Verification,
} from '../reports/index.js';
import {
  InputError,
  formatCall,
  nominalFacts,
  type CallerFacts,
  type KernelFacts,
  type KernelVersion,
  type StoredCase,
} from '../spec/index.js';
import { addAsRoot, requireAsked, type AsRootOptions } from './as-root.js';
import { callersOption, kernelOption } from './options.js';
import type { Finish } from './finish.js';
import { readStored } from './replay.js';
import { launchOf } from './reproducers.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';

interface Options extends TargetingOptions, AsRootOptions {
  readonly caller?: readonly string[];
  readonly kernel?: KernelVersion;
  readonly out?: string;
  readonly run?: boolean;
}

/** `clonecheck reproduce`. */
export function reproduceCommand(finish: Finish): Command {
  return addAsRoot(addTargeting(new Command('reproduce')))
    .description(
      'Print a case as a stand-alone C program that exits 0 where a kernel does what Linux does, 1 where not.',
    )
    .argument('<case>', 'FILE, - for standard input, or a call such as clone(CLONE_NEWNS|CLONE_FS)')
    .option('--caller <name>', 'who makes a call that stands alone', callersOption)
    .option('--kernel <version>', 'hold it to this Linux (default: the one that the target reports)', kernelOption)
    .option('--out <folder>', 'write a file there, and print its name')
    .option('--run', 'compile and run it on the target instead: exit 0, 1, or 3 where it cannot judge')
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, options: Options) => {
      const stored = await readStored(text, options.caller?.[0] ?? 'root');
      const { target: named, options: reached, kernel } = meant(options);
      if (options.run === true) requireAsked(stored, named, options);
      const target = openTarget(named, reached);
      const programs = await programsOf(stored, target, options.kernel ?? kernel);
      if (options.run === true) {
        const launch = await launchOf(target);
        if (launch === undefined)
          throw new InputError(
            `--run: nothing can be run on ${target.name} but the probe`,
            'bring the program there and run it',
          );
        const verdicts: Verification[] = [];
        for (const { program } of programs)
          verdicts.push(await verifyReproducer(program, launch.prefix, launch.compiler));
        for (const { why } of verdicts) process.stdout.write(`${why}\n`);
        finish(statusOf(verdicts));
        return;
      }
      for (const { name, program } of programs)
        process.stdout.write(options.out === undefined ? program : write(options.out, name, program));
    });
}

const EXAMPLES = `
Examples:
  $ clonecheck reproduce 'clone(CLONE_NEWNS|CLONE_FS)' > repro.c && cc -o repro repro.c && ./repro
  $ clonecheck reproduce --run --caller chroot+user 'clone(CLONE_NEWUSER|SIGCHLD)'
  $ clonecheck reproduce --out . spec/examples/files-shared.yaml`;

interface Program {
  readonly name: string;
  readonly program: string;
}

async function programsOf(
  stored: readonly StoredCase[],
  target: Target,
  claimed: KernelVersion | undefined,
): Promise<readonly Program[]> {
  return withSession(target, async (session, header) => {
    const kernel = await probeFeatures(session, kernelFacts(header, claimed));
    const programs: Program[] = [];
    for (const { subject } of stored) {
      const { facts } = await session.run(subject.caller, []);
      if ('call' in subject) {
        const text = testProgramOfCall(subject, { kernel, ...(facts && { caller: facts }) });
        programs.push(program(formatCall(subject.call).replace(/\(.*/, ''), text));
        continue;
      }
      const caller: CallerFacts = facts ?? nominalFacts(subject.caller, kernel);
      checkSafety({ kernel, caller }, subject);
      programs.push(program('scenario', testProgramOfScenario(subject, { title: 'A scenario', kernel, caller })));
    }
    return programs;
  });
}

function checkSafety(
  facts: { kernel: KernelFacts; caller: CallerFacts },
  scenario: Parameters<typeof isSafe>[1],
): void {
  if (isSafe(facts, scenario)) return;
  throw new InputError(
    'a step would reach outside of the scenario',
    'make the task with CLONE_NEWUTS before it sets the host name, and name only tasks of its own namespace',
  );
}

function program(name: string, text: ReproducerText): Program {
  if (typeof text === 'string') return { name, program: text };
  throw new InputError(
    `there is no C program of this case: ${text.unavailable}`,
    'see the operations in harness/probe/SCENARIOS.md',
  );
}

function write(folder: string, name: string, text: string): string {
  const path = join(folder, reproducerName(name, text));
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new InputError(
      `--out: ${path} cannot be written`,
      error instanceof Error ? error.message : 'choose another folder',
    );
  }
  return `${path}\n`;
}

function statusOf(verdicts: readonly Verification[]): number {
  if (verdicts.some(({ status }) => status === 'shows')) return EXIT.differs;
  return verdicts.every(({ status }) => status === 'does not show') ? EXIT.conforms : EXIT.unjudged;
}
