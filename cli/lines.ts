/**
 * The lines of a stream, as they come. Of a line that does not end the first characters are kept, and the rest goes by.
 *
 * @param most - characters of a line
 */
export async function* linesOf(stream: NodeJS.ReadableStream, most: number): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const piece of stream) {
    const lines = String(piece).split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      yield (rest + line).slice(0, most).replace(/\r$/, '');
      rest = '';
    }
    rest = (rest + last).slice(0, most);
  }
  if (rest !== '') yield rest;
}
