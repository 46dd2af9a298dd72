import { Command, Option } from 'commander';
import { longSpaces, openTarget, runSweep, sweepSpaces, type Part, type SweepSpace } from '../harness/index.js';
import {
  joinSweeps,
  rangeLine,
  readSweep,
  sweepFindings,
  sweepFooter,
  sweepHeader,
  sweepText,
  type SweepLine,
  type SweepLines,
} from '../reports/index.js';
import { InputError, didYouMean, type KernelVersion, type Order } from '../spec/index.js';
import { matchesWildcard } from '../spec/text/wildcard.js';
import { choiceOption, jobsOption, kernelOption, readInput } from './options.js';
import { appendOutput, writeOutput } from './output.js';
import type { Finish } from './finish.js';
import { colours, interruptible } from './run.js';
import { addTargeting, meant, type TargetingOptions } from './targeting.js';
import { version } from './version.js';

interface Options extends TargetingOptions {
  readonly caller?: readonly string[];
  readonly order: Order;
  readonly kernel?: KernelVersion;
  readonly jobs: number;
  readonly part?: Part;
  readonly resume?: string;
  readonly join?: readonly string[];
  readonly format?: 'pretty' | 'json';
  readonly out?: string;
  readonly withChildren?: true;
  readonly list?: true;
  readonly fault: readonly string[];
}

/** `clonecheck sweep`. */
export function sweepCommand(finish: Finish): Command {
  return addTargeting(new Command('sweep'))
    .description('Make every call of a range, not a sample, and judge each against the model.')
    .argument('[names...]', 'what to sweep, such as clone-flags or clone3-*; --list prints all')
    .option('--caller <names>', 'only as these callers, separated by commas', (text: string) => text.split(','))
    .option(
      '--order <order>',
      "strict: where several refusals hold, Linux's own must win; any: each may",
      choiceOption('order', ['strict', 'any']),
      'strict',
    )
    .option('--kernel <version>', 'hold the target to this Linux (default: the one that it reports)', kernelOption)
    .addOption(jobsOption())
    .option('--part <i/n>', 'only the i-th of n parts, the others elsewhere', partOption)
    .option('--out <file>', 'write the NDJSON there too, as it comes')
    .option('--resume <file>', 'go on where a sweep was interrupted that wrote this file')
    .option('--join <files...>', 'join the parts that these files hold')
    .option(
      '--format <format>',
      'pretty or json (default: pretty on a terminal)',
      choiceOption('format', ['pretty', 'json']),
    )
    .option(
      '--with-children',
      'the flag words of clone() by callers who may make children: all rules, also where RLIMIT_NPROC does not hold, in hours',
    )
    .option('--list', 'print what can be swept')
    .addOption(
      new Option('--fault <fault>', 'make the local probe lie, for tests')
        .argParser((text: string, all: readonly string[]) => [...all, text])
        .default([])
        .hideHelp(),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (names: readonly string[], options: Options) => {
      if (options.list === true) process.stdout.write(listed(chosen(names, options)));
      else if (options.join !== undefined) finish(await join([...options.join, ...names], options));
      else finish(await sweep(names, options));
    });
}

const EXAMPLES = `
Examples:
  $ clonecheck sweep                                      everything: some 34 million calls
  $ clonecheck sweep clone-flags --caller nproc           all flag words of clone() as an ordinary user
  $ clonecheck sweep 'clone3-*' --format json > clone3.ndjson
  $ clonecheck sweep --part 3/16 --out part3.ndjson       a sixteenth, the others on other machines
  $ clonecheck sweep --join part*.ndjson                  what all parts say together
  $ clonecheck sweep --resume part3.ndjson --out whole3.ndjson
  $ clonecheck sweep --with-children --part 1/256         where RLIMIT_NPROC does not hold, and all that lies behind it`;

function partOption(text: string): Part {
  const [, number, of] = /^([1-9]\d{0,6})\/([1-9]\d{0,6})$/.exec(text) ?? [];
  if (number === undefined || Number(number) > Number(of))
    throw new InputError(`--part: ${text} is no part`, 'a part is the third of sixteen: 3/16');
  return { number: Number(number), of: Number(of) };
}

/** The spaces that names and callers choose. */
function chosen(names: readonly string[], { caller: callers, withChildren }: Options): readonly SweepSpace[] {
  const all = withChildren === true ? longSpaces() : sweepSpaces();
  const patterns = names.map((name) => {
    const matches = (space: SweepSpace): boolean => matchesWildcard(name, space.name);
    if (!all.some(matches))
      throw new InputError(`there is no sweep ${name}`, didYouMean(name, [...new Set(all.map((space) => space.name))]));
    return matches;
  });
  const named = all.filter((space) => patterns.length === 0 || patterns.some((matches) => matches(space)));
  for (const caller of callers ?? [])
    if (!named.some((space) => space.caller.name === caller))
      throw new InputError(
        `--caller: nothing is swept as ${caller}`,
        didYouMean(caller, [...new Set(named.map((space) => space.caller.name))]),
      );
  return named.filter(({ caller }) => callers?.includes(caller.name) ?? true);
}

function listed(spaces: readonly SweepSpace[]): string {
  return spaces
    .map(({ name, caller, words, what }) => {
      const size = words.toLocaleString('en-US').padStart(12);
      return `${name.padEnd(20)}${caller.name.padEnd(22)}${size}  ${what}\n`;
    })
    .join('');
}

async function join(files: readonly string[], options: Options): Promise<number> {
  const parts = await Promise.all(files.map(async (file) => ({ file, lines: readSweep(await readInput(file), file) })));
  const joined = joinSweeps(parts);
  const output = new Output(options);
  for (const line of [joined.header, ...joined.ranges, ...joined.findings, joined.footer]) output.line(line);
  output.end(joined);
  return joined.footer.status;
}

/** What an earlier sweep left undone, or the whole. */
async function sweep(names: readonly string[], options: Options): Promise<number> {
  const earlier = options.resume === undefined ? undefined : await resumed(options.resume, names, options);
  const { target, options: reached, ...held } = meant(options);
  const spaces = earlier === undefined ? chosen(names, options) : spacesOf(earlier, options.resume ?? '');
  const part = earlier === undefined ? (options.part ?? { number: 1, of: 1 }) : partOption(earlier.header.part);
  const order = earlier?.header.order ?? options.order;
  const output = new Output(options);
  let header: SweepLines['header'] | undefined;
  const result = await interruptible((signal) =>
    runSweep(openTarget(target, { ...reached, probeArgs: options.fault.flatMap((fault) => ['--fault', fault]) }), {
      ...held,
      ...(options.kernel && { kernel: options.kernel }),
      spaces,
      order,
      part,
      jobs: options.jobs,
      done: earlier?.ranges ?? [],
      signal,
      onStart: (about) => {
        header = sweepHeader(about, { version: version(), order, part, spaces });
        if (earlier !== undefined) checkSame(earlier, header, options.resume ?? '');
        for (const line of [header, ...(earlier?.ranges ?? [])]) output.line(line);
      },
      onRange: (range) => {
        output.line(rangeLine(range));
      },
      ...(process.stderr.isTTY && { progress: showProgress() }),
    }),
  );
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (header === undefined) throw new Error('a sweep without a header');
  const findings = sweepFindings(result, header);
  const ranges = [...(earlier?.ranges ?? []), ...result.ranges.slice(earlier?.ranges.length ?? 0).map(rangeLine)];
  const lines = { header, ranges, findings };
  const { interrupted, deaths, limits } = result;
  const seconds = result.seconds + (earlier?.footer?.seconds ?? 0);
  const footer = sweepFooter(lines, { seconds, interrupted, deaths, limits });
  for (const line of [...findings, footer]) output.line(line);
  output.end({ ...lines, footer });
  return footer.status;
}

async function resumed(
  file: string,
  names: readonly string[],
  { part, caller, withChildren }: Options,
): Promise<SweepLines> {
  if (names.length > 0 || part !== undefined || caller !== undefined || withChildren === true)
    throw new InputError(
      '--resume goes without names, --caller, --with-children and --part',
      `${file} says what was being swept`,
    );
  return readSweep(await readInput(file), file);
}

function spacesOf({ header }: SweepLines, file: string): readonly SweepSpace[] {
  const all = [...sweepSpaces(), ...longSpaces()];
  return header.spaces.map(({ sweep: name, caller, words }) => {
    const space = all.find((each) => each.name === name && each.caller.name === caller);
    if (space?.words === words) return space;
    throw new InputError(`${name} as ${caller} is not swept so by this version`, 'begin anew', { file, line: 1 });
  });
}

function checkSame({ header: before }: SweepLines, now: SweepLines['header'], file: string): void {
  for (const field of ['version', 'target', 'kernel', 'release', 'arch'] as const)
    if (before[field] !== now[field])
      throw new InputError(
        `${field} was ${before[field]}, and is ${now[field]} now`,
        'a sweep goes on where it was begun, by the same version, with the same --target and --kernel',
        { file, line: 1 },
      );
}

/** Lines go out as they come, so that what was done is known whatever happens then. */
class Output {
  private readonly json: boolean;

  constructor(private readonly options: Pick<Options, 'format' | 'out'>) {
    this.json = (options.format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'json';
    if (options.out !== undefined) writeOutput('out', options.out, '');
  }

  line(line: SweepLine): void {
    const text = `${JSON.stringify(line)}\n`;
    if (this.json) process.stdout.write(text);
    if (this.options.out !== undefined) appendOutput('out', this.options.out, text);
  }

  end(lines: SweepLines): void {
    if (!this.json) process.stdout.write(sweepText(lines, colours()));
  }
}

/** Words done, how fast, and for how long still. */
function showProgress(): (words: number, of: number) => void {
  const started = performance.now();
  let shown = 0;
  return (words, of) => {
    const now = performance.now();
    if (now - shown < 200) return;
    shown = now;
    const rate = words / ((now - started) / 1000);
    const left = Math.ceil((of - words) / rate);
    process.stderr.write(
      `\r\x1b[K${words.toLocaleString('en-US')} of ${of.toLocaleString('en-US')} words, ${Math.round(rate).toLocaleString('en-US')}/s, ${String(left)} s left`,
    );
  };
}
