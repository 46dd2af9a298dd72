import { formatCall } from '../text/format.js';
import { NAMED_POINTERS } from '../model/memory.js';
import { signalName } from '../text/signals.js';
import type { Operation, Step, StepResult, Value } from './scenario.js';

/** A step as one line, much as strace prints a call: `1: close(20)`. */
export function formatStep(step: Step): string {
  return `${String(step.task)}: ${formatOperation(step)}`;
}

function formatOperation(operation: Operation): string {
  switch (operation.op) {
    case 'clone':
      return `${formatCall(operation.call)} → task ${String(operation.child)}`;
    case 'exit':
    case 'exit_group':
      return `${operation.op}(${String(operation.status)})`;
    case 'wait':
      return `wait(${operation.who === 'any' ? 'any' : `task ${String(operation.who)}`}, ${formatWaitOptions(operation.options)})`;
    case 'kill':
    case 'tgkill':
      return `${operation.op}(task ${String(operation.who)}, ${signalName(BigInt(operation.signal)) ?? String(operation.signal)})`;
    case 'read':
    case 'pidfd_poll':
    case 'pidfd_getfl':
    case 'pidfd_getfd':
    case 'futex_wait':
      return `${operation.op}(${formatAddress(operation.at)})`;
    case 'write':
      return `${operation.op}(${formatAddress(operation.at)}, ${String(operation.value)})`;
    case 'map':
    case 'unmap':
    case 'mapped':
      return `${operation.op}(page ${String(operation.page)})`;
    case 'open':
    case 'memfd':
    case 'close':
    case 'getfd':
      return `${operation.op}(${String(operation.fd)})`;
    case 'lseek':
      return `lseek(${String(operation.fd)}, ${String(operation.offset)}, ${['SEEK_SET', 'SEEK_CUR', 'SEEK_END'][operation.whence] ?? String(operation.whence)})`;
    case 'chdir':
      return `chdir(${operation.to === 'root' ? '"/"' : '"/proc"'})`;
    case 'umask':
      return `umask(0${operation.mask.toString(8)})`;
    case 'sigaction':
      return `sigaction(${signalName(BigInt(operation.signal)) ?? String(operation.signal)}, ${operation.handler})`;
    case 'sighandler':
      return `sighandler(${signalName(BigInt(operation.signal)) ?? String(operation.signal)})`;
    case 'sigblock':
    case 'sigunblock':
      return `${operation.op}(0x${operation.mask.toString(16)})`;
    case 'sethostname':
      return `sethostname("h${String(operation.n)}")`;
    case 'ns':
      return `ns(${operation.kind})`;
    case 'sem_set':
    case 'ioprio_set':
      return `${operation.op}(${String(operation.value)})`;
    case 'sem_op':
      return `sem_op(${String(operation.value)}${operation.undo === 1 ? ', SEM_UNDO' : ''})`;
    default:
      return `${operation.op}()`;
  }
}

function formatWaitOptions(options: number): string {
  const names: string[] = [];
  if ((options & 1) !== 0) names.push('WNOHANG');
  if ((options & 0x4000_0000) !== 0) names.push('__WALL');
  if ((options & -0x8000_0000) !== 0) names.push('__WCLONE');
  const rest = (options >>> 0) & ~0xc000_0001;
  if (rest !== 0) names.push(`0x${(rest >>> 0).toString(16)}`);
  return names.length === 0 ? '0' : names.join('|');
}

function formatAddress(address: bigint): string {
  return NAMED_POINTERS.find((pointer) => pointer.address === address)?.name ?? `0x${address.toString(16)}`;
}

/** A step's result in a few words. */
export function formatResult(result: StepResult): string {
  switch (result.kind) {
    case 'returned': {
      const status = result.status === undefined ? '' : `, status 0x${result.status.toString(16)}`;
      return `${formatValue(result.value)}${status}${blocked(result.blocked)}`;
    }
    case 'failed':
      return `-1 ${result.errno}${blocked(result.blocked)}`;
    case 'blocked':
      return 'never returns';
    case 'gone':
      return `gone: ${result.how}`;
    case 'absent':
      return 'no such task';
    case 'open':
      return 'anything';
  }
}

function formatValue(value: Value): string {
  return typeof value === 'number' ? String(value) : `<${value.symbol}>`;
}

function blocked(step: number | undefined): string {
  return step === undefined ? '' : ` (asleep until step ${String(step)})`;
}
