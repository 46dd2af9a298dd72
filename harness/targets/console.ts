import { stripVTControlCharacters } from 'node:util';

const TROUBLE =
  /(Kernel panic - not syncing: .*|BUG: .*|Oops: .*|double fault: .*|general protection fault.*|Unable to handle kernel .*|clonecheck: .*)/;
const LONGEST = 200;

/**
 * Why a kernel stopped, from what it printed on its console: the first sign of trouble, and the panic that it led to; else the
 * last line. Undefined where it printed nothing.
 */
export function consoleWords(text: string): string | undefined {
  const lines = text
    .split('\n')
    .map((line) => printable(line).replace(/^\[ *[\d.]+\](\[ *[TC]\d+\])? */, ''))
    .filter((line) => line !== '' && !line.startsWith('---['));
  const signs = lines.flatMap((line) => TROUBLE.exec(line)?.[1] ?? []);
  const first = signs[0];
  const panic = signs.find((line) => line.startsWith('Kernel panic'));
  if (first?.startsWith('clonecheck: ') === true)
    return `the virtual machine ended: ${first.slice('clonecheck: '.length)}`;
  if (first !== undefined) {
    return `the kernel stopped: ${[...new Set([first, ...(panic === undefined ? [] : [panic])])].map(short).join('; ')}`;
  }
  const last = lines.at(-1);
  return last === undefined ? undefined : `the console's last line: ${short(last)}`;
}

/** Terminals are not to be steered by a kernel under test. */
function printable(line: string): string {
  return stripVTControlCharacters(line)
    .replace(/[^\x20-\x7e]/g, '')
    .trim();
}

function short(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
