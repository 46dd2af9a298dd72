import { median } from './reductions.js';

/** How much memory was resident, in bytes, when so many scenarios had been made. */
export interface Sample {
  readonly done: number;
  readonly rss: number;
}

/** So much more than in the second quarter the last one may take. The first is not looked at: code is still being compiled then. */
const TOLERANCE = 0.1;

/** Says whether memory stayed flat: the median of the last quarter of a run beside that of the second. */
export function flatness(samples: readonly Sample[]): { readonly flat: boolean; readonly text: string } {
  const all = samples.at(-1)?.done ?? 0;
  const quarter = (number: number): readonly number[] =>
    samples.filter(({ done }) => done > (all * (number - 1)) / 4 && done <= (all * number) / 4).map(({ rss }) => rss);
  const [second, last] = [quarter(2), quarter(4)];
  if (second.length === 0 || last.length === 0) return { flat: false, text: 'too little was made to say' };
  const growth = median(last) / median(second) - 1;
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return {
    flat: growth <= TOLERANCE,
    text:
      `${growth <= TOLERANCE ? 'flat' : 'NOT flat'}: ${mebibytes(median(last))} resident in the last quarter, ` +
      `${mebibytes(median(second))} in the second (${growth < 0 ? '' : '+'}${(growth * 100).toFixed(1)} %, at most +${String(TOLERANCE * 100)} %)`,
  };
}
