import { expect, test } from '@jest/globals';
import { NEWEST_KERNEL, callerNamed, nominalFacts, nominalKernel, type CallerFacts } from '../../spec/index.js';
import { callerCode } from './caller-code.js';
import { libraryWith } from './library.js';

const ROOT = callerNamed('root');
const FACTS = nominalFacts(ROOT, nominalKernel(NEWEST_KERNEL));

test.each<[string, Partial<CallerFacts>, RegExp]>([
  ['root', {}, /lacks_capabilities/],
  ['root of a namespace of which the outside is unknown', { kuid: null }, /lacks_capabilities/],
  ['an ordinary user', { kuid: 1000, uid: 1000, euid: 1000 }, /geteuid.*\n.*run it as an ordinary user/],
  ['an ordinary user of whom no more is known', { kuid: null, uid: 1000, euid: 1000 }, /run it as an ordinary user/],
])('a program for %s asks to be run as just that', (_, changes, checks) => {
  const code = callerCode(libraryWith('call.h'), ROOT, { ...FACTS, ...changes });
  expect(typeof code === 'string' ? code : code.checks).toMatch(checks);
});
