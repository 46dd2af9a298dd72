import type { Caller } from '../spec/index.js';
import type { Simpler } from './minimise.js';

const ROOT: Caller = { name: 'root', attributes: [] };
const USER: Caller = { name: 'user', attributes: ['user'] };

/** Every caller with an attribute less, the plain ones first. Nothing is simpler than root. */
export function simplerCallers({ attributes }: Caller): readonly Simpler<Caller>[] {
  const [first] = attributes;
  if (first === undefined) return [];
  const root = { subject: ROOT, ...(attributes.length === 1 && { without: `the caller's ${first}` }) };
  const plain = attributes.length === 1 && first === 'user' ? [root] : [root, { subject: USER }];
  if (attributes.length === 1) return plain;
  const fewer = attributes.map((attribute, index): Simpler<Caller> => {
    const rest = attributes.filter((_, other) => other !== index);
    return { subject: { name: rest.join('+'), attributes: rest }, without: `the caller's ${attribute}` };
  });
  return [...plain, ...fewer];
}
