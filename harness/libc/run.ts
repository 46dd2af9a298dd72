import { InputError, LIBC, type Level, type LibcClause } from '../../spec/index.js';
import type { ClauseResult } from '../coverage.js';
import { Interrupted } from '../targets/target.js';
import { compileFor, type LibcPrograms } from './compile.js';
import { judgeLibc, type LibcJudgement } from './judge.js';
import { traceCases, type LibcCase } from './session.js';
import type { LibcHeader } from './trace.js';

/** A libc that differs from a clause. */
export interface LibcFinding {
  readonly clause: LibcClause;
  /** How it differs; with the clause, what tells it from others. */
  readonly kind: string;
  readonly expected: string;
  readonly observed: string;
  /** Of `n` runs of its case `k` came out so. */
  readonly reproducible: { readonly k: number; readonly n: number };
}

/** What to hold a libc to. */
export interface LibcOptions {
  readonly level: Level;
  /** Only clauses that this says yes to. */
  readonly selects?: (clause: string) => boolean;
  readonly signal?: AbortSignal;
  /** Files to link into every program; tests break a wrapper with them. */
  readonly besides?: readonly string[];
}

/** What a run on a libc found. */
export interface LibcRun {
  /** As given with `--target`. */
  readonly target: string;
  readonly header: LibcHeader;
  readonly clauses: readonly ClauseResult[];
  /** What is left open, by clause. */
  readonly observed: ReadonlyMap<string, string>;
  readonly findings: readonly LibcFinding[];
  readonly unstable: readonly LibcFinding[];
  /** Cases that are judged, by verdict. */
  readonly counts: Readonly<Record<'pass' | 'fail' | 'blocked' | 'not-run', number>>;
  readonly lost: readonly { readonly why: string; readonly cases: number }[];
  readonly deaths: readonly string[];
  /** Warnings of the compiler. */
  readonly warnings: readonly string[];
  readonly cases: number;
  readonly startedAt: string;
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** So many more runs of a case that differs. */
const REPEATS = 4;

/** Says whether `--target` names a libc. */
export function isLibcTarget(target: string): boolean {
  return target.startsWith('libc:');
}

/**
 * Compiles the cases with a compiler, runs each, and judges it against `spec/libc.yaml`.
 *
 * @param target - `libc:` and the words of a compiler's command
 * @throws InputError where there is no such compiler
 * @throws Interrupted where the signal comes while it compiles, and ends it
 */
export async function runLibc(target: string, options: LibcOptions): Promise<LibcRun> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const [compiler, ...words] = target.slice('libc:'.length).trim().split(/\s+/);
  if (compiler === undefined || compiler === '')
    throw new InputError(
      'libc: names no compiler',
      'such as libc:gcc, libc:musl-gcc -static, libc:diet gcc or libc:klcc',
    );
  const clauses = LIBC.clauses.filter(({ id }) => options.selects?.(id) ?? true);
  const programs = await compileFor([compiler, ...words], clauses, options.besides).catch((error: unknown): never => {
    throw options.signal?.aborted === true ? new Interrupted(target) : error;
  });
  try {
    const found = await judgeAll(clauses, programs, options);
    return {
      ...found,
      target,
      warnings: programs.warnings,
      startedAt,
      seconds: (performance.now() - started) / 1000,
      interrupted: options.signal?.aborted === true,
    };
  } finally {
    programs.remove();
  }
}

type Judged = { readonly clause: LibcClause; readonly judgement: LibcJudgement };

async function judgeAll(
  clauses: readonly LibcClause[],
  programs: LibcPrograms,
  { level, signal }: LibcOptions,
): Promise<Omit<LibcRun, 'target' | 'warnings' | 'startedAt' | 'seconds' | 'interrupted'>> {
  const missing = new Map<string, string>();
  const cases: LibcCase[] = [];
  for (const clause of clauses) {
    const program = programs.programFor(clause.needs);
    if ('path' in program) cases.push({ clause, path: program.path });
    else missing.set(clause.id, program.why);
  }
  // Asked by itself, so that a run that is interrupted knows where it was.
  const { header, ended } = await traceCases(programs.tracer, []);
  if (header === undefined) throw new InputError(`the tracer cannot run here: ${ended}`, 'it needs Linux 5.3');
  const { traces, death } = await traceCases(programs.tracer, cases, signal);
  const judged: readonly Judged[] = cases.map(({ clause }, index) => {
    const trace = traces[index];
    const interrupted = trace === undefined && signal?.aborted === true;
    const judgement: LibcJudgement = interrupted
      ? { verdict: 'not-run', why: 'the run was interrupted' }
      : judgeLibc(clause, trace, level);
    return { clause, judgement };
  });
  const all = await followUp(judged, cases, programs, level, signal);
  const deaths = death === undefined ? [] : [death];
  return {
    header,
    deaths,
    ...all,
    clauses: clauses.map((clause) => resultOf(clause, judged, missing)),
    ...tally(judged),
  };
}

/** Runs again what differed: a difference is one only if it repeats. */
async function followUp(
  judged: readonly Judged[],
  cases: readonly LibcCase[],
  programs: LibcPrograms,
  level: Level,
  signal: AbortSignal | undefined,
): Promise<Pick<LibcRun, 'findings' | 'unstable'>> {
  const failed = judged.flatMap(({ clause, judgement }, index) => {
    const again = cases[index];
    return judgement.verdict === 'fail' && again !== undefined ? [{ clause, judgement, again }] : [];
  });
  const repeats = failed.flatMap(({ again }) => Array.from({ length: REPEATS }, () => again));
  const { traces } = repeats.length === 0 ? { traces: [] } : await traceCases(programs.tracer, repeats, signal);
  const findings = failed.map(({ clause, judgement, again }, index): LibcFinding => {
    const answers = traces.slice(index * REPEATS, (index + 1) * REPEATS).filter((trace) => trace !== undefined);
    const same = answers.filter((trace) => {
      const repeated = judgeLibc(again.clause, trace, level);
      return repeated.verdict === 'fail' && repeated.kind === judgement.kind;
    });
    const { kind, expected, observed } = judgement;
    return { clause, kind, expected, observed, reproducible: { k: same.length + 1, n: answers.length + 1 } };
  });
  return {
    findings: findings.filter(({ reproducible: { k, n } }) => k === n),
    unstable: findings.filter(({ reproducible: { k, n } }) => k < n),
  };
}

function resultOf({ id }: LibcClause, judged: readonly Judged[], missing: ReadonlyMap<string, string>): ClauseResult {
  const none = { id, judged: 0, failed: 0, callers: [] };
  const found = judged.find(({ clause }) => clause.id === id);
  if (found === undefined)
    return { ...none, verdict: 'not-run', why: missing.get(id) ?? 'no program was built for it' };
  const { judgement } = found;
  switch (judgement.verdict) {
    case 'pass':
      return { ...none, verdict: 'pass', judged: 1 };
    case 'fail':
      return { ...none, verdict: 'fail', failed: 1 };
    case 'open':
      return { ...none, verdict: 'not-run', why: `${judgement.why}; observed: ${judgement.observed}` };
    case 'blocked':
    case 'not-run':
      return { ...none, verdict: judgement.verdict, why: judgement.why };
  }
}

/** What is left open is no case that passed or failed. */
function tally(judged: readonly Judged[]): Pick<LibcRun, 'counts' | 'lost' | 'cases' | 'observed'> {
  const counts = { pass: 0, fail: 0, blocked: 0, 'not-run': 0 };
  const lost = new Map<string, number>();
  const observed = new Map<string, string>();
  for (const { clause, judgement } of judged) {
    if (judgement.verdict === 'open') {
      observed.set(clause.id, judgement.observed);
      continue;
    }
    counts[judgement.verdict]++;
    if (judgement.verdict === 'not-run') lost.set(judgement.why, (lost.get(judgement.why) ?? 0) + 1);
  }
  const cases = counts.pass + counts.fail + counts.blocked + counts['not-run'];
  return { counts, lost: [...lost].map(([why, number]) => ({ why, cases: number })), cases, observed };
}
