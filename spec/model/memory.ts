/**
 * The memory of an arena, as `harness/probe/README.md` lays it down: fixed addresses, so that a case is plain numbers and
 * the model can tell a good pointer from a bad one.
 */
const REGION = 0x1_0000n;

export const RW = 0x2000_0000n;
export const RO = 0x2001_0000n;
export const EDGE = 0x2002_0000n;
export const NONE = 0x2003_0000n;
export const STACK = 0x2004_0000n;
export const STACK_SIZE = REGION;
/** Where the `set_tid` array is put. */
export const TIDS = RW + 0x1000n;

/** i386: where a `struct user_desc` lies, whose base is its own address: what CLONE_SETTLS can be given there. */
export const DESCRIPTOR = RW + 0x200n;

/** Pointers that have a name in the text of a call. */
export const NAMED_POINTERS: readonly { readonly name: string; readonly address: bigint; readonly why: string }[] = [
  { name: '&a', address: RW + 0x100n, why: 'a word that can be read and written' },
  { name: '&b', address: RW + 0x108n, why: 'a second word' },
  { name: '&c', address: RW + 0x110n, why: 'a third word' },
  { name: '&d', address: RW + 0x118n, why: 'a fourth word' },
  { name: '&stack', address: STACK, why: '64 KiB for a stack' },
  { name: 'readonly', address: RO, why: 'memory that can only be read' },
  { name: 'unmapped', address: NONE, why: 'memory that can be neither read nor written' },
  { name: 'edge', address: NONE - 4n, why: 'four readable bytes, then none' },
];

/**
 * Here user space of x86-64 ends, with four levels of page tables. Elsewhere, and with five, these are addresses of user space, but none
 * at which anything is mapped that did not ask for it: what is placed by the kernel lies near the end, and programs near the beginning or
 * behind two thirds.
 */
const MIDDLE = 1n << 47n;
/** From, and up to, where nothing is mapped on any machine. */
export const HOLES: readonly (readonly [from: bigint, to: bigint])[] = [
  [MIDDLE, MIDDLE + REGION],
  [1n << 63n, 1n << 64n],
];

/** The lowest address that an ordinary process may map, on any machine that matters here. */
const FIRST_PAGE_END = 0x1000n;

/**
 * Says whether `length` bytes at `address` can be accessed, by the arena's layout; an address outside it is taken
 * as good unless it lies in the first page, in one of the {@link HOLES}, or beyond user space.
 *
 * @param taskSizeMax - the end of user addresses, from `TASK_SIZE_MAX`
 */
export function accessible(address: bigint, length: bigint, access: 'read' | 'write', taskSizeMax: bigint): boolean {
  if (address < FIRST_PAGE_END || address + length > taskSizeMax) return false;
  const last = address + (length > 0n ? length : 1n) - 1n;
  const touches = (region: bigint): boolean => last >= region && address < region + REGION;
  if (touches(NONE) || HOLES.some(([from, to]) => last >= from && address < to)) return false;
  return access === 'read' || !touches(RO);
}

/** Whether an address lies in the regions of the arena: what is mapped elsewhere nobody knows. */
export function isInArena(address: bigint): boolean {
  return address >= RW && address < STACK + STACK_SIZE;
}

/** Memory of the arena that is readable, and zero for good: nothing is ever stored there. */
export function isZeroForGood(address: bigint): boolean {
  return (address >= RO && address < RO + REGION) || (address >= STACK && address < STACK + STACK_SIZE);
}
