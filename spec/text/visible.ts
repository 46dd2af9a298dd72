/** The longest line of text that a report takes over, in characters, and the longest text of several lines. */
export const LONGEST = { line: 4_096, block: 65_536 } as const;

/** Control and format characters (bidirectional ones among them), lone surrogates, and what ends a line in places. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** Between lines of text of several lines. */
const UNSEEN_IN_BLOCKS = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * One line of text that comes from a target or a file, made fit to be shown anywhere: what would not be seen, or would steer a terminal,
 * is written as an escape (`\x1b`, `\u202e`), and what is too long is cut with a word about it. Doing it twice changes nothing.
 */
export function visibleLine(text: string): string {
  return shortened(inert(text.slice(0, 2 * LONGEST.line).replace(UNSEEN, escaped)), text.length, LONGEST.line);
}

/** The same for a line of a length of one's own, which nothing but people reads. Cut in its midst: what is wrong often stands at the end. */
export function shownLine(text: string, most: number): string {
  const [head, tail] = [text.slice(0, most), text.slice(most)].map((part) =>
    part.slice(-most).replace(UNSEEN, escaped),
  );
  const whole = `${head ?? ''}${tail ?? ''}`;
  if (whole.length <= most && text.length <= most) return whole;
  const note = ` … (of ${text.length.toLocaleString('en-US')} characters) … `;
  const half = Math.floor((most - note.length) / 2);
  return `${beginning(whole, half)}${note}${whole.slice(-half).replace(/^[\udc00-\udfff]/, '')}`;
}

/** The same for text of several lines. */
export function visibleBlock(text: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  const start = lines.slice(0, 2 * LONGEST.block);
  return shortened(inert(start.replace(UNSEEN_IN_BLOCKS, escaped)), lines.length, LONGEST.block);
}

/** CI systems take a line that begins with `::`, or holds `##[`, for a command to them. */
function inert(text: string): string {
  return text.replace(/^(\s*)::/gm, String.raw`$1\x3a:`).replaceAll('##[', '##\\x5b');
}

function shortened(text: string, length: number, most: number): string {
  if (text.length <= most) return text;
  const note = ` … (of ${length.toLocaleString('en-US')} characters)`;
  return `${beginning(text, most - note.length)}${note}`;
}

/** The first characters of a text. Half a surrogate pair at the cut would be none, and is left out. */
export function beginning(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code === 0x0a) return '\\n';
  if (code === 0x0d) return '\\r';
  if (code === 0x09) return '\\t';
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x1_0000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}
