import { FLAGS, NAMED_POINTERS, formatFlags } from '../../spec/index.js';

/** A text that can stand in a comment: no end of one, no beginning of one, no control character. */
export function commentText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replace(/\\$/, '\\ ');
}

/** A string literal. */
export function stringLiteral(text: string): string {
  const escaped = text.replace(/[\p{Cc}\p{Cf}]/gu, '?').replace(/["\\]/g, '\\$&');
  return `"${escaped.replaceAll('??', '?\\?')}"`;
}

/** A number of 64 bits. */
export function number(value: bigint): string {
  const word = BigInt.asUintN(64, value);
  if (word < 1000n) return String(word);
  return word > 0x7fff_ffffn ? `0x${word.toString(16)}ULL` : `0x${word.toString(16)}`;
}

/** A signed number. */
export function signed(value: number | bigint): string {
  const text = String(value);
  if (BigInt(value) < -0x7fff_ffff_ffff_ffffn) return '(-0x7fffffffffffffffLL - 1)';
  return Math.abs(Number(value)) > 0x7fff_ffff ? `${text}LL` : text;
}

const POINTERS: Readonly<Record<string, string>> = {
  '&a': 'WORD_A',
  '&b': 'WORD_B',
  '&c': 'WORD_C',
  '&d': 'WORD_D',
  '&stack': 'REGION_STACK',
  readonly: 'REGION_RO',
  unmapped: 'REGION_NONE',
  edge: '(REGION_NONE - 4)',
};

/** An address, by the name that it has. */
export function pointer(address: bigint): string {
  const name = NAMED_POINTERS.find((named) => named.address === address)?.name;
  return (name === undefined ? undefined : POINTERS[name]) ?? number(address);
}

/** `CLONE_NEWNS | CLONE_FS | SIGCHLD`. */
export function flags(value: bigint, withSignal: boolean): string {
  return formatFlags(value, withSignal)
    .split('|')
    .map((part) => (/^(0x|\d)/.test(part) ? number(BigInt(part)) : part))
    .join(' | ');
}

const SIGNAL = /\bSIG(?!NAL|_|HT_)[A-Z0-9]+\b/g;
const WORDS: Readonly<Record<string, string>> = {
  WORD_A: '(REGION_RW + 0x100)',
  WORD_B: '(REGION_RW + 0x108)',
  WORD_C: '(REGION_RW + 0x110)',
  WORD_D: '(REGION_RW + 0x118)',
};

/** Definitions of the constants in a text that nobody else defines. */
export function constantsFor(
  text: string,
  isKnown: (name: string) => boolean,
  signals: ReadonlyMap<string, number>,
): string {
  const lines: string[] = [];
  for (const { name, bit } of FLAGS)
    if (new RegExp(`\\b${name}\\b`).test(text) && !isKnown(name)) lines.push(`#define ${name} (1ULL << ${bit})`);
  for (const name of new Set(text.match(SIGNAL) ?? [])) {
    const value = signals.get(name);
    if (value !== undefined && !isKnown(name)) lines.push(`#define ${name} ${value}`);
  }
  for (const [name, value] of Object.entries(WORDS)) if (text.includes(name)) lines.push(`#define ${name} ${value}`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
