import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { packageRoot } from '../../spec/index.js';
import { runLibc } from './run.js';

/** Wrappers that do one thing wrong: each must be found, by the clause that is about it and in its own way. */
const faults = join(packageRoot(), 'harness', 'libc', 'fixtures', 'faults.c');
const { stdout } = await execa('gcc', ['-dM', '-E', '-include', 'features.h', '-x', 'c', '/dev/null'], {
  reject: false,
});
const missing = stdout.includes('__GLIBC__') ? undefined : 'the faulty wrappers need gcc with glibc';

interface Fault {
  readonly define: string;
  readonly clauses: Readonly<Record<string, string>>;
}

const ONCE: readonly Fault[] = [
  {
    define: 'FAULT_NULL_ERRNO',
    clauses: { 'libc/clone-null-fn': 'errno ENOMEM', 'libc/clone-null-stack': 'errno ENOMEM' },
  },
  {
    define: 'FAULT_NULL_CALL',
    clauses: { 'libc/clone-null-fn': 'a call is made', 'libc/clone-null-stack': 'a call is made' },
  },
  {
    define: 'FAULT_NULL_CRASH',
    clauses: { 'libc/clone-null-fn': 'died of SIGABRT', 'libc/clone-null-stack': 'died of SIGSEGV' },
  },
  { define: 'FAULT_ARG', clauses: { 'libc/clone-arg': 'arg-received another address' } },
  {
    define: 'FAULT_EXIT_STATUS',
    clauses: { 'libc/clone-exit-status': 'child exited 0', 'libc/clone-exit-status-low-byte': 'child exited 0' },
  },
  { define: 'FAULT_EXIT_HANDLERS', clauses: { 'libc/exit-by-return-from-clone': 'ran in the child in the parent' } },
  { define: 'FAULT_FLAG_LOST', clauses: { 'libc/clone-flags': 'clone() lacks CLONE_FILES' } },
  { define: 'FAULT_FLAG_ADDED', clauses: { 'libc/clone-flags': 'clone() has CLONE_SYSVSEM' } },
  { define: 'FAULT_SIGNAL', clauses: { 'libc/clone-exit-signal': 'clone() has the exit signal SIGCHLD' } },
  {
    define: 'FAULT_PLACES',
    clauses: { 'libc/clone-parent-tid': 'parent-tid 0', 'libc/clone-child-tid': 'child-tid 0' },
  },
  { define: 'FAULT_TLS', clauses: { 'libc/clone-tls': 'tls is not what was given' } },
  { define: 'FAULT_RESULT', clauses: { 'libc/clone-result': 'getpid another' } },
  { define: 'FAULT_ERRNO', clauses: { 'libc/clone-errno': 'errno 0' } },
];
const OTHERS: readonly Fault[] = [
  {
    define: 'FAULT_FORK_SHARES',
    clauses: { 'libc/fork-shares-nothing': 'clone() has CLONE_FILES', 'libc/atfork-fork': 'ran is missing' },
  },
  {
    define: 'FAULT_GETPID',
    clauses: { 'libc/fork-result': "getpid the caller's", 'libc/raw-clone-getpid': "getpid the caller's" },
  },
  { define: 'FAULT_VFORK', clauses: { 'libc/vfork-result': 'clone() has CLONE_FILES' } },
  {
    define: 'FAULT_SPAWN',
    clauses: { 'libc/spawn-errno': 'returned-errno -1', 'libc/spawn-of-nothing': 'child exited 1' },
  },
  { define: 'FAULT_THREAD', clauses: { 'libc/thread-errno': 'tries to kill every process' } },
  { define: 'FAULT_EXIT_AT_ONCE', clauses: { 'libc/exit-at-once-in-fork': 'ran in the child in the parent' } },
];

async function kindsWith(
  { define, clauses }: Fault,
  more: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const ids = Object.keys(clauses);
  const words = ['gcc', '-pthread', `-D${define}`, ...more].join(' ');
  const run = await runLibc(`libc:${words}`, {
    level: 'linux',
    selects: (id) => ids.includes(id),
    besides: [faults],
  });
  expect(run.unstable).toEqual([]);
  return Object.fromEntries(run.findings.map(({ clause, kind }) => [clause.id, kind]));
}

describe('a libc that does one thing wrong differs in just that', () => {
  if (missing !== undefined) {
    test.skip(missing, () => undefined);
    return;
  }

  test.each(ONCE)('clone() with $define', async (fault) => {
    expect(await kindsWith(fault, ['-DFAULTS_OF_CLONE'])).toEqual(fault.clauses);
  });

  test.each(OTHERS)('$define', async (fault) => {
    expect(await kindsWith(fault, [])).toEqual(fault.clauses);
  });

  test('the same clone() without a fault differs in nothing', async () => {
    const clauses = Object.assign({}, ...ONCE.map((fault) => fault.clauses)) as Fault['clauses'];
    expect(await kindsWith({ define: 'NO_FAULT', clauses }, ['-DFAULTS_OF_CLONE'])).toEqual({});
  });
});
