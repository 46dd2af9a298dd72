/** A reader of text that others have written. */
export interface Parser {
  readonly name: string;
  /** Valid inputs, which mutations start from. */
  readonly examples: readonly string[];
  /**
   * Reads an input, and does with what was read what the program would: a valid value has to be harmless too.
   *
   * @throws InputError for a refusal; anything else that is thrown is a crash
   */
  readonly read: (text: string) => void | Promise<void>;
}

/** What was read and written again has to be read as the same. */
export function sameAgain<T>(value: T, again: T): void {
  if (textOf(value) !== textOf(again)) throw new Error(`read again, ${textOf(value)} is ${textOf(again)}`);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint'
      ? `${part.toString()}n`
      : part instanceof Map
        ? [...(part as Map<unknown, unknown>)]
        : part,
  );
}
