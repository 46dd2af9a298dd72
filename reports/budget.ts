/** Text that may not grow beyond a size: pieces are taken whole or not at all, so that none is cut open. */
export class Budget {
  private readonly taken: string[] = [];
  private size = 0;

  /** @param most - the size in bytes of UTF-8 */
  constructor(private readonly most: number) {}

  /**
   * Takes a piece where it fits.
   *
   * @returns whether it did
   */
  add(piece: string): boolean {
    const bytes = Buffer.byteLength(piece);
    if (this.size + bytes > this.most) return false;
    this.size += bytes;
    this.taken.push(piece);
    return true;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.most - this.size;
  }

  /** Everything that was taken, in the order in which it was. */
  get text(): string {
    return this.taken.join('');
  }
}
