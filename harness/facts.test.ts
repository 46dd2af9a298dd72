import { describe, expect, test } from '@jest/globals';
import { InputError, ROOT } from '../spec/index.js';
import { callerFacts, kernelFacts } from './facts.js';
import { FAKE_FACTS, FAKE_HEADER } from './fixtures/fake-probe.js';
import { parseTraceLine, type TraceLine } from './trace.js';

const place = { file: 'trace.ndjson', line: 7 };
const parse = (value: unknown): TraceLine =>
  parseTraceLine(typeof value === 'string' ? value : JSON.stringify(value), place);
const caller = (facts: object): object => ({ type: 'caller', name: 'root', attributes: [], facts });

describe('a header', () => {
  test('says version, architecture and configuration', () => {
    const facts = kernelFacts({ ...FAKE_HEADER, release: '6.12.5-generic', arch: 'aarch64', page_size: 16_384 });
    expect(facts).toMatchObject({ version: [6, 12, 5], arch: 'aarch64', page_size: 16_384, la57: false });
    expect(Object.values(facts.config)).not.toContain(false);
  });

  test('with a version claimed is held to that one', () => {
    expect(kernelFacts(FAKE_HEADER, [5, 10, 223]).version).toEqual([5, 10, 223]);
  });

  test.each(['gvisor', '', 'x.6.12', '6'])(
    'with the release %j is no Linux, and the hint says what to do',
    (release) => {
      const header = { ...FAKE_HEADER, release };
      expect(() => kernelFacts(header)).toThrow(InputError);
      expect(() => kernelFacts(header)).toThrow(JSON.stringify(release));
      expect(kernelFacts(header, [6, 12, 0]).version).toEqual([6, 12, 0]);
      try {
        kernelFacts(header);
      } catch (error) {
        expect((error as InputError).hint).toContain('--kernel');
      }
    },
  );

  test('without a namespace under /proc/self/ns has it not configured; without /proc nothing is known', () => {
    const ns = ['mnt', 'pid', 'cgroup', 'net', 'uts', 'ipc'];
    expect(kernelFacts({ ...FAKE_HEADER, ns }).config).toMatchObject({ user_ns: false, time_ns: false, pid_ns: true });
    expect(Object.values(kernelFacts({ ...FAKE_HEADER, ns: [] }).config)).not.toContain(false);
  });

  test('hands on the sysctl that decides, null where there is none', () => {
    expect(kernelFacts(FAKE_HEADER).unprivileged_userns_clone).toBeNull();
    const sysctl = { 'kernel.unprivileged_userns_clone': 0 };
    expect(kernelFacts({ ...FAKE_HEADER, sysctl }).unprivileged_userns_clone).toBe(0);
  });
});

describe('a caller line', () => {
  test('that a probe writes for root gives the facts of root', () => {
    const line = parse(caller(FAKE_FACTS));
    if (!('type' in line) || line.type !== 'caller' || line.facts === undefined) throw new Error('no caller line');
    expect(callerFacts(line.facts)).toMatchObject({ ...ROOT, cgroup_fds: { 99: 'closed' }, cgroup_fd_default: null });
  });

  test.each([
    ['1ffffffffff', (1n << 41n) - 1n],
    ['0x80', 0x80n],
    ['0', 0n],
    ['ffffffffffffffff', (1n << 64n) - 1n],
  ])('with the capabilities %s', (text, mask) => {
    expect(callerFacts({ ...FAKE_FACTS, cap_effective: text }).cap_effective).toBe(mask);
  });

  test('with descriptors of cgroups knows them by number', () => {
    const { cgroup_fds } = callerFacts({ ...FAKE_FACTS, cgroup_fds: { '10': 'child', '12': 'file' } });
    expect(cgroup_fds).toEqual({ 10: 'child', 12: 'file', 99: 'closed' });
  });

  test('takes what is missing and may be for not known', () => {
    const { chrooted, kuid, ...less } = FAKE_FACTS;
    const line = parse(caller(less));
    expect(line).toMatchObject({ facts: { chrooted: null, kuid: null } });
  });
});

describe('a line that is none', () => {
  const WRONG: readonly (readonly [string, unknown, RegExp])[] = [
    ['no JSON', '{"id":', /"\{\\"id\\":" is no JSON/],
    ['no object', '42', /no line of a trace/],
    ['another protocol', { ...FAKE_HEADER, protocol: 2 }, /protocol: .*Expected 1 but received 2/],
    ['an unknown architecture', { ...FAKE_HEADER, arch: 'z80' }, /arch: /],
    ['an unknown kind of line', { type: 'poem' }, /type: /],
    ['a result without an id', { errno: 'EINVAL' }, /id: /],
    ['a caller without attributes', { type: 'caller', name: 'root' }, /attributes: /],
    ['capabilities that are no mask', caller({ ...FAKE_FACTS, cap_effective: 'all' }), /facts\.cap_effective: /],
    ['a descriptor of no kind', caller({ ...FAKE_FACTS, cgroup_fds: { '10': 'golden' } }), /facts\.cgroup_fds\.10: /],
    ['a limit of no number', caller({ ...FAKE_FACTS, max_namespaces: { user: 'x' } }), /facts\.max_namespaces\.user: /],
    ['one that is far too long', `{"id":"${'1'.repeat(70_000)}"}`, /a line of 70009 characters/],
  ];
  test.each(WRONG)('%s', (_, value, message) => {
    let error: unknown;
    try {
      parse(value);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InputError);
    const { message: text, hint } = error as InputError;
    expect(text).toMatch(/^trace\.ndjson:7: [^\n]+$/);
    expect(text).toMatch(message);
    expect(hint).toContain('clonecheck exec');
  });

  test('that is short is read the same with and without a JSON parser', () => {
    for (const value of [
      { id: 'a-1', errno: 'EINVAL' },
      { id: '12', pid: 3 },
    ]) {
      expect(parse(JSON.stringify(value))).toEqual(parse(JSON.stringify(value, null, 1)));
    }
  });
});
