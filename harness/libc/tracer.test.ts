import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { LIBC, type LibcClause } from '../../spec/index.js';
import { compileFor } from './compile.js';
import { traceCases } from './session.js';
import type { CaseTrace } from './trace.js';

/** What the tracer sees of small programs. */
const folder = mkdtempSync(join(tmpdir(), 'clonecheck-tracer-'));
const { code } = await execa('gcc', ['--version'], { reject: false });
const missing = code === 'ENOENT' ? 'there is no gcc here' : undefined;
const programs = missing === undefined ? await compileFor(['gcc'], []) : undefined;

afterAll(() => {
  programs?.remove();
  rmSync(folder, { recursive: true });
});

const HEAD = `
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static void say(const char *key, long value)
{
	char text[60];
	if (write(1, text, (size_t)sprintf(text, "%s %ld", key, value)) < 0)
		abort();
}
`;

let made = 0;

/** Compiles the body of a main() and traces it. */
async function traced(body: string, refused?: LibcClause['refused']): Promise<CaseTrace | undefined> {
  const path = join(folder, `program${String(made++)}`);
  writeFileSync(`${path}.c`, `${HEAD}int main(void)\n{\n${body}\nreturn 0;\n}\n`);
  await execa('gcc', ['-o', path, `${path}.c`]);
  return (await tracedFiles([path], refused))[0];
}

async function tracedFiles(
  paths: readonly string[],
  refused?: LibcClause['refused'],
): Promise<readonly (CaseTrace | undefined)[]> {
  const [clause] = LIBC.clauses;
  if (clause === undefined || programs === undefined) throw new Error('nothing to trace with');
  const { refused: _, ...rest } = clause;
  const { traces, death } = await traceCases(
    programs.tracer,
    paths.map((path) => ({ clause: { ...rest, ...(refused && { refused }) }, path })),
  );
  expect(death).toBeUndefined();
  return traces;
}

/** Command lines of processes whose program lies in a folder. */
function commandsIn(place: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()];
      } catch {
        return [];
      }
    })
    .filter((line) => line.startsWith(place));
}

const saidBy = (trace: CaseTrace | undefined): readonly string[] =>
  (trace?.events ?? []).flatMap((event) => ('said' in event ? [event.said] : []));

describe('the tracer', () => {
  if (missing !== undefined || programs === undefined) {
    test.skip(missing ?? 'it is not built', () => undefined);
    return;
  }

  test('puts what is said and what is called in one order, with every argument', async () => {
    const trace = await traced(`
      signal(SIGUSR1, SIG_IGN);
      say("first", 1);
      long child = syscall(SYS_clone, CLONE_FILES | CLONE_PARENT_SETTID | SIGUSR1, 0, &(int){0}, 0, 0);
      if (child == 0)
        _exit(0);
      waitpid((pid_t)child, 0, __WALL);
      say("child", child);`);
    expect(trace?.exited).toBe(0);
    const [first, call, last] = trace?.events ?? [];
    expect(first).toEqual({ task: 0, said: 'first 1' });
    expect(call).toMatchObject({ task: 0, call: 'clone', flags: 0x10_0400n, exit_signal: 10n, stack: 0n });
    const result = call !== undefined && 'call' in call ? call.result : undefined;
    expect(last).toEqual({ task: 0, said: `child ${String(result)}` });
  });

  test('reads the arguments of clone3 out of memory, and says which task spoke', async () => {
    const trace = await traced(`
      unsigned long long args[8] = { 0x100000000ULL, 0, 0, 0, SIGCHLD };
      long child = syscall(SYS_clone3, args, sizeof(args));
      if (child == 0) {
        say("inside", 0);
        _exit(0);
      }
      waitpid((pid_t)child, 0, 0);`);
    expect(trace?.events).toMatchObject([
      { task: 0, call: 'clone3', flags: 0x1_0000_0000n, exit_signal: 17n },
      { task: 1, said: 'inside 0' },
    ]);
  });

  test('refuses calls that make tasks, all or clone3 alone, and shows that they were made', async () => {
    const body = `
      errno = 0;
      say("clone", syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0));
      say("errno", errno);
      say("clone3", syscall(SYS_clone3, 0, 0));
      say("errno", errno);`;
    const einval = 'errno 22';
    expect(saidBy(await traced(body))).toEqual(['clone -1', einval, 'clone3 -1', einval]);
    const all = await traced(body, { calls: 'all', errno: 'EAGAIN' });
    expect(saidBy(all)).toEqual(['clone -1', 'errno 11', 'clone3 -1', 'errno 11']);
    expect(all?.events.filter((event) => 'call' in event)).toMatchObject([{ result: -11 }, { result: -11 }]);
    expect(saidBy(await traced(body, { calls: 'clone3', errno: 'ENOSYS' }))).toEqual([
      ...['clone -1', einval],
      ...['clone3 -1', 'errno 38'],
    ]);
  });

  test('lets no program signal everything, or a group that is not its own', async () => {
    const trace = await traced(`
      say("all", kill(-1, 0));
      say("errno", errno);
      say("group", kill(-2, 0));
      say("itself", kill(getpid(), 0));`);
    expect(saidBy(trace)).toEqual(['all -1', 'errno 1', 'group -1', 'itself 0']);
    expect(trace?.events.filter((event) => 'kills' in event)).toEqual([
      { task: 0, kills: -1 },
      { task: 0, kills: -2 },
    ]);
  });

  test('a program that dies costs its own case, and so does one that is not there', async () => {
    const path = join(folder, 'dies');
    writeFileSync(`${path}.c`, `${HEAD}int main(void) { say("last", 1); raise(SIGSEGV); return 0; }`);
    await execa('gcc', ['-o', path, `${path}.c`]);
    const traces = await tracedFiles([path, join(folder, 'nothing'), '/bin/true']);
    expect(traces).toMatchObject([
      { died: 11, events: [{ said: 'last 1' }] },
      { blocked: 'the program cannot be executed here' },
      { exited: 0, events: [] },
    ]);
  });

  test('ends what a program leaves behind', async () => {
    const trace = await traced(`
      int ends[2];
      if (pipe(ends) < 0)
        abort();
      pid_t child = fork();
      if (child == 0) {
        setsid();
        if (write(ends[1], "x", 1) == 1)
          for (;;)
            pause();
      }
      char byte;
      if (read(ends[0], &byte, 1) == 1)
        say("left", child);`);
    const pid = Number(saidBy(trace)[0]?.split(' ')[1]);
    expect(pid).toBeGreaterThan(0);
    // Its PID namespace is gone with the tracer; without one nothing of that number may be left.
    expect(commandsIn(folder)).toEqual([]);
    // That would be seen.
    const sleeper = join(folder, 'sleeper');
    copyFileSync('/bin/sleep', sleeper);
    const left = execa(sleeper, ['60'], { reject: false });
    await new Promise((resolve) => left.once('spawn', resolve));
    expect(commandsIn(folder)).toEqual([`${sleeper} 60`]);
    left.kill();
    await left;
  });

  test('says of a line that is none what a line is', async () => {
    const { exitCode, stderr } = await execa(programs.tracer, [], { input: 'nonsense\n', reject: false });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a line is NAME ANSWER PATH');
  });
});
