import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCall } from './parse.js';
import { loggedCalls } from './strace-log.js';

/** The calls that end in a log, one a line; what most tests ask for. */
function callsIn(log: string): readonly string[] {
  const ended = loggedCalls(log.split('\n')).filter(({ unjudged }) => unjudged !== 'the log ends before it returned');
  return ended.map(({ text }) => text);
}

const FORK = 'clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f65a)';
const [FORK_BEGUN] = FORK.split(', child_tidptr');
const THREAD = 'clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x7f1b29519000, stack_size=0x7fff80}';

describe('what stands before a call is dropped', () => {
  test.each([
    ['nothing', ''],
    ['a process id of -f', '[pid 15737] '],
    ['a padded process id', '[pid     7] '],
    ['a process id of -f with a name of -Y', '[pid 15834<bash>] '],
    ['a process id of -o', '15783 '],
    ['a process id of -o, padded', '7407  '],
    ['a process id of -o with a name of -Y', '23742<odd> '],
    ['a time of -t', '07:24:08 '],
    ['a process id and a time of -tt', '15783 07:24:08.136865 '],
    ['a time of -ttt', '1795418763.076820 '],
    ['a relative time of -r', '     0.000918 '],
    ['a relative time beside a time', '07:24:08 (+     0.000123) '],
    ['a process id, a name and a relative time', '[pid 15833<bash>]      0.000688 '],
    ['a system call number of -n', '[  56] '],
    ['a time and a system call number', '7407  1795418763.091983 [ 435] '],
    ['an instruction pointer of -i', '[00007ff74996d829] '],
    ['an instruction pointer that is not known', '23773 [????????????????] '],
  ])('%s', (_, prefix) => {
    expect(callsIn(`${prefix}${FORK} = 15784`)).toEqual([`${FORK} = 15784`]);
  });
});

describe('what is no call is passed by', () => {
  test.each([
    '',
    '+++ exited with 0 +++',
    '[pid 15834] +++ killed by SIGKILL (core dumped) +++',
    '15833 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=15834, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---',
    'strace: Process 15777 attached',
    '[ Process PID=23810 runs in 32 bit mode. ]',
    '[pid 23811] [ Process PID=23811 runs in 64 bit mode. ]',
    ' > /usr/lib/x86_64-linux-gnu/libc.so.6(__libc_fork+0x4b) [0xd3ecb]',
    'execve("/usr/bin/true", ["true"], 0x7ffd6 /* 20 vars */) = 0',
    '[pid 12] wait4(-1,  <unfinished ...>',
    '[pid 12] <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 13',
    'clone2(0x11) = 4',
    'exit_group(0)                     = ?',
    '# a comment',
  ])('%s', (line) => {
    expect(callsIn(line)).toEqual([]);
  });
});

describe('a call that was interrupted is put together', () => {
  test('where it is resumed further down', () => {
    const log = `[pid 15733] ${FORK_BEGUN ?? ''} <unfinished ...>
[pid 15776] +++ exited with 0 +++
strace: Process 15777 attached
[pid 15733] <... clone resumed>, child_tidptr=0x7f65a) = 15777`;
    expect([...loggedCalls(log.split('\n'))]).toEqual([{ line: 4, text: `${FORK} = 15777` }]);
  });

  test('where two tasks are in it at once', () => {
    const log = `23836 ${THREAD} <unfinished ...>
23837 vfork( <unfinished ...>
23836 <... clone3 resumed> => {parent_tid=[23838]}, 88) = 23838
23837 <... vfork resumed>)              = 23845`;
    expect(callsIn(log)).toEqual([`${THREAD}=> {parent_tid=[23838]}, 88) = 23838`, 'vfork()              = 23845']);
  });

  test('where an older strace writes no comma', () => {
    const log = 'clone( <unfinished ...>\n<... clone resumed> child_stack=0, flags=SIGCHLD) = 5';
    expect(callsIn(log)).toEqual(['clone(child_stack=0, flags=SIGCHLD) = 5']);
  });

  test('where strace tells of the new task in the middle of the line', () => {
    const log = `${FORK_BEGUN ?? ''}strace: Process 15734 attached
, child_tidptr=0x7f65a) = 15734
vfork(strace: Process 15778 attached
)                                 = 15778
[pid 7385] ${THREAD}strace: Process 7386 attached
 => {parent_tid=[7386]}, 88) = 7386`;
    expect(callsIn(log)).toEqual([
      `${FORK} = 15734`,
      'vfork()                                 = 15778',
      `${THREAD} => {parent_tid=[7386]}, 88) = 7386`,
    ]);
  });

  test('where strace did so and the call then waits, begun without a process id and resumed with one', () => {
    const log = `${THREAD}strace: Process 23923 attached
 <unfinished ...>
[pid 23923] rseq(0x7fa868751fe0, 0x20, 0, 0x53053053 <unfinished ...>
[pid 23922] <... clone3 resumed> => {parent_tid=[23923]}, 88) = 23923
[pid 23923] <... rseq resumed>)         = 0`;
    expect(callsIn(log)).toEqual([`${THREAD}=> {parent_tid=[23923]}, 88) = 23923`]);
  });

  test('where another system call is cut off by strace', () => {
    const log = `[pid 5] newfstatat(3, "", strace: Process 6 attached
{st_mode=S_IFREG|0644, st_size=36735, ...}, AT_EMPTY_PATH) = 0
fork() = 7`;
    expect(callsIn(log)).toEqual(['fork() = 7']);
  });

  test('where the task dies in it', () => {
    expect(callsIn('15 vfork( <unfinished ...>) = ?')).toEqual(['vfork() = ?']);
  });

  test('but not with what another call of the task left', () => {
    const log = `clone(child_stack=NULL <unfinished ...>\n[pid 9] <... wait4 resumed>) = 3`;
    expect(callsIn(log)).toEqual([]);
  });

  test('and a first part serves once', () => {
    const log = `9 fork( <unfinished ...>\n9 <... fork resumed>) = 3\n9 <... fork resumed>) = 4`;
    expect(callsIn(log)).toEqual(['fork() = 3']);
  });
});

test('every call of every task is found, however the tasks take turns', () => {
  // Each task makes calls one after another; which task comes next is drawn. A call that another task cuts into is written in two parts.
  const turns = fc.array(fc.record({ task: fc.nat(3), whole: fc.boolean() }), { maxLength: 30 });
  fc.assert(
    fc.property(turns, (drawn) => {
      const log: string[] = [];
      const open = new Map<number, number>();
      const made: string[] = [];
      let count = 0;
      for (const { task, whole } of drawn) {
        const begun = open.get(task);
        if (begun !== undefined) {
          log.push(`[pid ${String(task)}] <... clone resumed>, child_tidptr=${String(begun)}) = 9`);
          made.push(`clone(flags=SIGCHLD, child_tidptr=${String(begun)}) = 9`);
          open.delete(task);
        } else if (whole) {
          log.push(`[pid ${String(task)}] fork() = ${String(++count)}`);
          made.push(`fork() = ${String(count)}`);
        } else {
          log.push(`[pid ${String(task)}] clone(flags=SIGCHLD <unfinished ...>`);
          open.set(task, ++count);
        }
      }
      expect(callsIn(log.join('\n'))).toEqual(made);
    }),
  );
});

describe('what strace 6.1 wrote about real programs is understood', () => {
  // A Python program with a thread, a fork and a subprocess under `strace -f -T -ttt -n -o FILE`.
  const PYTHON = `7407  1795418763.076820 [ 435] clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, child_tid=0x7f77c4f81990, parent_tid=0x7f77c4f81990, exit_signal=0, stack=0x7f77c4781000, stack_size=0x7fff80, tls=0x7f77c4f816c0} => {parent_tid=[7408]}, 88) = 7408 <0.000188>
7408  1795418763.088456 [  60] +++ exited with 0 +++
7407  1795418763.091983 [  56] clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>
7410  1795418763.092021 [  60] +++ exited with 0 +++
7407  1795418763.092339 [  56] <... clone resumed>, child_tidptr=0x7f77c5240310) = 7411 <0.000342>
7411  1795418763.093363 [ 231] +++ exited with 3 +++
7407  1795418763.093406 [  61] --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7411, si_uid=0, si_status=3, si_utime=0, si_stime=0} ---
7407  1795418763.103274 [  58] vfork()  = 7412 <0.001317>
7407  1795418763.109447 [ 231] +++ exited with 0 +++`;

  // bash with a subshell and a pipeline under `strace -f -y -Y -r`, to the terminal.
  const BASH = `     0.000000 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLDstrace: Process 15834 attached
, child_tidptr=0x7f8b2021ea10) = 15834<bash>
[pid 15834<bash>]      0.000918 +++ exited with 0 +++
     0.000330 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=15834, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
[pid 15833<bash>]      0.000688 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLDstrace: Process 15836 attached
, child_tidptr=0x7f8b2021ea10) = 15836<bash>`;

  test.each([
    ['Python', PYTHON, ['clone3', 'clone', 'vfork']],
    ['bash', BASH, ['clone', 'clone']],
  ])('%s', (_, log, names) => {
    const parsed = callsIn(log).map((text) => parseCall(text));
    expect(parsed.map(({ call }) => call.call)).toEqual(names);
    expect(parsed.map(({ recorded }) => recorded)).toEqual(names.map(() => 'success'));
  });
});
