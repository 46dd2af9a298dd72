import { Command } from 'commander';
import {
  SELF,
  discoverEnvironment,
  kernelFacts,
  openTarget,
  probeFeatures,
  probeOrigin,
  reasonNotJudged,
  type CallerState,
} from '../harness/index.js';
import { EXIT } from '../reports/index.js';
import {
  CALLERS,
  FEATURES,
  SPECIFICATION,
  formatKernelVersion,
  hasFeature,
  type KernelVersion,
} from '../spec/index.js';
import { choiceOption, kernelOption } from './options.js';
import type { Finish } from './finish.js';
import { addTargeting, meant, type Meant, type TargetingOptions } from './targeting.js';

interface Options extends TargetingOptions {
  readonly kernel?: KernelVersion;
  readonly format?: 'pretty' | 'json';
}

/** `clonecheck doctor`. */
export function doctorCommand(finish: Finish): Command {
  return addTargeting(new Command('doctor'))
    .description('Say what this target and caller can judge, and what stands in the way.')
    .option('--kernel <version>', 'hold the target to this Linux (default: the one that it reports)', kernelOption)
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .addHelpText(
      'after',
      "\nExamples:\n  $ clonecheck doctor\n  $ clonecheck doctor --target 'exec:setpriv --reuid=1000 --clear-groups'",
    )
    .action(async ({ kernel, format, ...targeting }: Options) => {
      const diagnosis = await diagnose(meant(targeting), kernel);
      const json = (format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'json';
      process.stdout.write(json ? `${JSON.stringify(diagnosis)}\n` : pretty(diagnosis));
      finish(diagnosis.judgeable.length === 0 ? EXIT.unjudged : EXIT.conforms);
    });
}

/** What `doctor` found. */
interface Diagnosis {
  readonly target: string;
  readonly kernel: string;
  readonly release: string;
  readonly arch: string;
  /** Whether the probe came with the package or was compiled here. */
  readonly probe: 'package' | 'compiler';
  readonly self: Readonly<Record<string, unknown>>;
  readonly environment: readonly string[];
  readonly features: Readonly<Record<string, boolean>>;
  readonly callers: readonly { readonly name: string; readonly what: string; readonly blocked?: string }[];
  readonly judgeable: readonly string[];
  readonly notJudgeable: readonly { readonly id: string; readonly why: string }[];
}

async function diagnose(
  { target: name, options, kernel: named }: Meant,
  claimed: KernelVersion | undefined,
): Promise<Diagnosis> {
  const session = await openTarget(name, options).session();
  try {
    const header = await session.open();
    const kernel = await probeFeatures(session, kernelFacts(header, claimed ?? named));
    const environment = await discoverEnvironment(session, header);
    const { facts: self } = await session.run(SELF, []);
    const states = new Map<string, CallerState>();
    for (const { name: caller, attributes } of CALLERS) {
      const forbidden = environment.forbidsCaller({ name: caller, attributes });
      if (forbidden !== undefined) {
        states.set(caller, { blocked: forbidden });
        continue;
      }
      const { facts, blocked, missing } = await session.run({ name: caller, attributes }, []);
      states.set(caller, facts === undefined ? { blocked: blocked ?? 'it gave no answer' } : { facts, missing });
    }
    const reasons = SPECIFICATION.errors.clauses.map((clause) => ({
      id: clause.id,
      why: reasonNotJudged(clause, kernel, states, environment)?.why,
    }));
    return {
      target: name,
      kernel: formatKernelVersion(kernel.version),
      release: header.release,
      arch: kernel.arch,
      probe: probeOrigin(kernel.arch, options),
      self:
        self === undefined
          ? {}
          : {
              uid: self.uid,
              euid: self.euid,
              capabilities: `0x${self.cap_effective.toString(16)}`,
              seccomp: self.seccomp_filter,
              user_ns_initial: self.user_ns_initial,
            },
      environment: environment.reasons,
      features: Object.fromEntries(FEATURES.map((feature) => [feature.name, hasFeature(kernel, feature.name)])),
      callers: CALLERS.map(({ name: caller, what }) => {
        const state = states.get(caller);
        return { name: caller, what, ...(state !== undefined && 'blocked' in state && { blocked: state.blocked }) };
      }),
      judgeable: reasons.filter(({ why }) => why === undefined).map(({ id }) => id),
      notJudgeable: reasons.flatMap(({ id, why }) => (why === undefined ? [] : [{ id, why }])),
    };
  } finally {
    await session.close();
  }
}

function pretty(diagnosis: Diagnosis): string {
  const { target, release, arch, probe, kernel, self, environment, features, callers, judgeable, notJudgeable } =
    diagnosis;
  const lines = [
    `${target}: Linux ${release} ${arch}, held to ${kernel}`,
    `the probe ${probe === 'package' ? 'came with the package' : 'was compiled here'} and runs with ${Object.entries(
      self,
    )
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ')}`,
    '',
    environment.length === 0
      ? 'Nothing around the kernel answers calls in its place'
      : 'Answered by something else than the kernel',
    ...environment.map((reason) => `  ${reason}`),
    '',
    'Features',
    ...Object.entries(features).map(([name, present]) => `  ${present ? 'yes' : 'no '} ${name}`),
    '',
    'Callers',
    ...callers.map(
      ({ name, what, blocked }) => `  ${blocked === undefined ? 'yes' : 'no '} ${name}: ${blocked ?? what}`,
    ),
    '',
    `${String(judgeable.length)} clauses can be judged, ${String(notJudgeable.length)} cannot`,
    ...notJudgeable.map(({ id, why }) => `  ${id}: ${why}`),
  ];
  return `${lines.join('\n')}\n`;
}
