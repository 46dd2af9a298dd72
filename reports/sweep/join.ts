import { InputError } from '../../spec/index.js';
import { overlap } from '../../harness/index.js';
import { sweepFooter } from './build.js';
import type { SweepHeaderLine, SweepLines } from './lines.js';

/** What has to be the same in all parts. */
const SAME = ['version', 'target', 'kernel', 'release', 'arch', 'order'] as const;

/**
 * Joins parts of a sweep, made on one machine or several, to the whole. What is missing is counted, and is no pass.
 *
 * @throws InputError that names the file which tells of another kernel or other words, or of words that another file tells of too
 */
export function joinSweeps(
  parts: readonly { readonly file: string; readonly lines: SweepLines }[],
): SweepLines & Required<Pick<SweepLines, 'footer'>> {
  const [first] = parts;
  if (first === undefined) throw new InputError('no part to join', 'name the files that the parts wrote');
  for (const { file, lines } of parts) checkSame(first, { file, header: lines.header });
  const header: SweepHeaderLine = { ...first.lines.header, part: '1/1' };
  const tagged = parts.flatMap(({ file, lines }) => lines.ranges.map((range) => ({ ...range, file })));
  for (const { sweep, caller } of header.spaces) {
    const twice = overlap(tagged.filter((range) => range.sweep === sweep && range.caller === caller));
    if (twice !== undefined)
      throw new InputError(
        `words of ${sweep} as ${caller} are in ${twice[0].file} too, from ${String(twice[1].from)}`,
        'join each part once',
        { file: twice[1].file },
      );
  }
  const ranges = tagged.map(({ file: _, ...range }) => range);
  const findings = unique(parts.flatMap(({ lines }) => lines.findings));
  const footers = parts.flatMap(({ lines: { footer } }) => footer ?? []);
  const footer = sweepFooter(
    { header, ranges, findings },
    {
      seconds: footers.reduce((sum, { seconds }) => sum + seconds, 0),
      interrupted: false,
      deaths: footers.flatMap(({ deaths }) => deaths),
      limits: [...new Set(footers.flatMap(({ limits }) => limits))],
    },
  );
  return { header, ranges, findings, footer };
}

function checkSame(
  first: { readonly file: string; readonly lines: SweepLines },
  { file, header }: { readonly file: string; readonly header: SweepHeaderLine },
): void {
  const other = first.lines.header;
  for (const field of SAME) {
    if (header[field] !== other[field])
      throw new InputError(
        `${field} is ${header[field]}, and ${other[field]} in ${first.file}`,
        'parts of one sweep are of one target and one kernel',
        { file },
      );
  }
  if (JSON.stringify(header.spaces) !== JSON.stringify(other.spaces))
    throw new InputError(`other words are swept than in ${first.file}`, 'name the same sweeps for each part', { file });
}

function unique<T>(findings: readonly T[]): readonly T[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
