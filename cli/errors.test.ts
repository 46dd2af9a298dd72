import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { clonecheck, commands, type Told } from '../harness/fixtures/command-line.js';
import { FAKE_FACTS, FAKE_HEADER } from '../harness/fixtures/fake-probe.js';

const folder = mkdtempSync(join(tmpdir(), 'clonecheck-cli-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const HEADER = JSON.stringify(FAKE_HEADER);
const CALLER = JSON.stringify({ type: 'caller', name: 'root', attributes: [], facts: FAKE_FACTS });
const CASE = JSON.stringify({ id: '0', call: 'clone(CLONE_NEWNS|CLONE_FS)', errno: 'EINVAL' });
const wrongField = file('field.yaml', 'caller: root\ncall: fork()\ncal: fork()\n');
const wrongCall = file('call.yaml', '- caller: root\n  call: fork()\n- caller: user\n  call: clone(CLONE_FZ)\n');
const wrongCaller = file('caller.yaml', 'caller: rooot\ncall: fork()\n');
const noYaml = file('none.yaml', 'caller: [root\n');
const cutTrace = file('cut.ndjson', `${HEADER}\n${CALLER}\n${CASE.slice(0, 40)}`);
const countedTrace = file('counted.ndjson', `${HEADER}\n${CALLER}\n${CASE}\n{"type":"footer","cases":9}\n`);
const otherTrace = file('other.ndjson', `${HEADER}\n${CALLER}\n${CASE}\n{"type":"footer","cases":1}\n`);

/** Two lines: what is wrong and where; what to do. */
function expectTwoLines({ status, stdout, stderr }: Told, message: RegExp, hint: RegExp, expected = 2): void {
  expect(stderr).toMatch(/^clonecheck: [^\n]+\nHint: [^\n]+\n$/);
  const [first = '', second = ''] = stderr.split('\n');
  expect(first.slice('clonecheck: '.length)).toMatch(message);
  expect(second.slice('Hint: '.length)).toMatch(hint);
  expect(stderr).not.toMatch(/^\s+at |node:internal|\.ts:\d/m);
  expect(stdout).toBe('');
  expect(status).toBe(expected);
}

describe('what people get wrong is told in two lines, with exit status 2', () => {
  const TABLE: readonly (readonly [string, readonly string[], RegExp, RegExp])[] = [
    [
      'a flag name',
      ['explain', 'clone(CLONE_NEWNSS|SIGCHLD)'],
      /^CALL:1:7: unknown flag CLONE_NEWNSS$/,
      /CLONE_NEWNS\?/,
    ],
    ['a call', ['explain', 'clown()'], /^CALL:1:1: unknown call clown$/, /clone/],
    ['an argument', ['explain', 'clone(flgs=0)'], /^CALL:1:7: clone has no argument flgs$/, /flags\?/],
    ['an unfinished call', ['explain', 'clone3({flags=CLONE_VM'], /^CALL:1:23: expected \}/, /looks like/],
    ['a command', ['explian', 'fork()'], /^unknown command 'explian'$/, /explain/],
    ['an option', ['run', '--rnus', '3'], /^unknown option '--rnus'$/, /--runs/],
    ['an option without its value', ['run', '--runs'], /argument missing/, /--help/],
    ['a missing argument', ['explain'], /missing required argument 'call'/, /--help/],
    ['an argument too many', ['spec', 'a', 'b'], /too many arguments/, /--help/],
    ['a YAML field', ['replay', wrongField], /field\.yaml:3:1: unknown field cal$/, /call\?/],
    ['a call in YAML', ['replay', wrongCall], /call\.yaml:4:9: unknown flag CLONE_FZ$/, /CLONE_FS\?/],
    ['a caller in YAML', ['replay', wrongCaller], /caller\.yaml:1:9: unknown caller rooot$/, /root\?/],
    ['no YAML', ['replay', noYaml], /none\.yaml:2:1: /, /YAML/],
    ['a truncated trace line', ['check', cutTrace], /cut\.ndjson:3: .* is no JSON$/, /whole lines/],
    ['a trace that counts wrongly', ['check', countedTrace], /counted\.ndjson: the footer counts 9 cases/, /again/],
    ['a trace of something else', ['check', otherTrace], /other\.ndjson: the trace does not begin/, /again/],
    ['a negative count', ['run', '--runs', '-5'], /^--runs: -5 is no count$/, /whole number/],
    ['a negative count, joined', ['run', '--runs=-5'], /^--runs: -5 is no count$/, /whole number/],
    ['no jobs', ['run', '--jobs', '0'], /^--jobs: 0 is no count$/, /from 1 up/],
    ['a count that is none', ['exec', '--runs', '1e3'], /^--runs: 1e3 is no count$/, /whole number/],
    ['no time', ['run', '--time', '0'], /^--time: 0 is no time$/, /seconds/],
    ['a target', ['run', '--target', 'lokal'], /^there is no target lokal$/, /local/],
    [
      'a command of a target',
      ['doctor', '--target', 'exec:no-such-command'],
      /no-such-command .* could not be started \(\w+\)$/,
      /target/,
    ],
    ['a target that ends at once', ['run', '--target', 'exec:false'], /^false .*: the probe exited with 1$/, /target/],
    ['a file that is not there', ['replay', '/no/such.yaml'], /^\/no\/such\.yaml cannot be read: ENOENT$/, /file/],
    ['a folder', ['check', folder], /cannot be read: EISDIR$/, /file/],
    ['a file that cannot be written', ['run', '--out', '/no/such/folder/x'], /^--out: .* cannot be written$/, /ENOENT/],
    ['a caller', ['run', '--caller', 'user,nobody'], /^unknown caller nobody$/, /root/],
    ['a caller to explain for', ['explain', '--caller', 'chrot', 'fork()'], /^unknown caller chrot$/, /chroot\?/],
    ['a kernel', ['explain', '--kernel', 'six', 'fork()'], /^--kernel: six is no version$/, /6\.12/],
    ['a clause', ['run', '--only', 'errors/nothing-like-it'], /^--only: no clause is called/, /clonecheck spec/],
    ['a clause to print', ['spec', 'fs-with-newnss'], /^there is no clause fs-with-newnss$/, /fs-with-newns\?/],
    ['a format', ['run', '--format', 'xml'], /^--format: xml is no choice$/, /pretty/],
    ['an order', ['explain', '--order', 'strickt', 'fork()'], /^--order: strickt is no choice$/, /strict\?/],
    ['a level', ['run', '--level', 'posix'], /^--level: posix is no choice$/, /documented/],
  ];
  const told = commands(TABLE.map(([, args]) => args));
  test.each(TABLE.map(([what, , message, hint], index) => [what, index, message, hint] as const))(
    '%s',
    async (_, index, message, hint) => {
      expectTwoLines(await told(index), message, hint);
    },
  );

  test('in a log, with its line', async () => {
    const input = 'clone(SIGCHLD) = 7\nwrite(1, "x", 1) = 1\nclone(CLONE_FZ) = 8\n';
    const { status, stderr } = await clonecheck(['explain', '-'], { input });
    expect(stderr).toMatch(/^clonecheck: stdin:3:7: unknown flag CLONE_FZ\nHint: did you mean CLONE_FS\?\n$/);
    expect(status).toBe(2);
  });
});

describe('what is missing on the machine', () => {
  test('no compiler: what to install, with exit status 4', async () => {
    const env = { PATH: '/nowhere', XDG_CACHE_HOME: join(folder, 'cache'), CC: undefined };
    expectTwoLines(await clonecheck(['run', '--runs', '0'], { env }), /^no C compiler$/, /apt-get install gcc$/, 4);
  });

  test('a compiler of that name', async () => {
    const env = { XDG_CACHE_HOME: join(folder, 'cache'), CC: 'no-such-cc' };
    expectTwoLines(await clonecheck(['doctor'], { env }), /^no C compiler no-such-cc$/, /install/, 4);
  });
});
