/** Where the comment that begins at `at` ends. */
export function skipComment(text: string, at: number): number {
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? text.length : end + 2;
}

/** Where the string or character that begins at `at` ends. */
function skipQuoted(text: string, at: number): number {
  const quote = text[at];
  let end = at + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

/**
 * Where the declaration or definition that begins at `at` ends: behind its semicolon, or behind a function's closing brace.
 *
 * @throws Error where it does not end
 */
export function endOfDeclaration(text: string, at: number): number {
  let depth = 0;
  let isFunction = false;
  let before = '';
  for (let end = at; end < text.length;) {
    const character = text.charAt(end);
    if (text.startsWith('/*', end)) {
      end = skipComment(text, end);
      continue;
    }
    if (character === '"' || character === "'") {
      end = skipQuoted(text, end);
      before = character;
      continue;
    }
    if (character === '{' && depth === 0 && before === ')') isFunction = true;
    if ('({['.includes(character)) depth++;
    if (')}]'.includes(character)) depth--;
    if (depth === 0 && (character === ';' || (character === '}' && isFunction))) return end + 1;
    if (!/\s/.test(character)) before = character;
    end++;
  }
  throw new Error(`no end: ${text.slice(at, at + 60)}`);
}

/** The text without comments and without what stands in quotes. */
export function withoutQuotes(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, (found) =>
    found.startsWith('/') ? ' ' : found.charAt(0) + found.charAt(0),
  );
}
