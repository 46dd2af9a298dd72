import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { parseYaml } from './yaml-file.js';

const schema = v.strictObject({
  title: v.string(),
  colour: v.picklist(['red', 'green']),
  items: v.array(v.strictObject({ name: v.string(), size: v.pipe(v.number(), v.minValue(1, 'at least 1')) })),
  note: v.optional(v.strictObject({ text: v.string() })),
});

const GOOD = `# A comment.
title: a title
colour: red
items:
  - {name: first, size: 1}
  - name: second
    size: 2
`;

/** The good text with something replaced, and what is then said of it. */
function complaint(search: string, replacement: string): unknown {
  expect(GOOD).toContain(search);
  return complaintAbout(GOOD.replace(search, replacement));
}

function complaintAbout(text: string, by: v.GenericSchema = schema): unknown {
  try {
    return parseYaml(text, 'f.yaml', by);
  } catch (error) {
    const { message, hint } = error as { message: string; hint: string };
    return `${message} (${hint})`;
  }
}

test('what is as the schema asks is read, and every value knows its place', () => {
  const { value, placeOf } = parseYaml(GOOD, 'f.yaml', schema);
  expect(value.items[1]).toEqual({ name: 'second', size: 2 });
  expect(placeOf(['title'])).toEqual({ file: 'f.yaml', line: 2, column: 8 });
  expect(placeOf(['items', 0, 'size'])).toEqual({ file: 'f.yaml', line: 5, column: 25 });
  expect(placeOf(['items', 1])).toEqual({ file: 'f.yaml', line: 6, column: 5 });
  // What is not there is placed at the nearest thing around it.
  expect(placeOf(['items', 1, 'colour'])).toEqual({ file: 'f.yaml', line: 6, column: 5 });
});

describe('an unknown field is pointed at by its key, with the field that was meant', () => {
  test.each([
    ['at the top', 'title:', 'titel:', 'f.yaml:2:1: unknown field titel (did you mean title?)'],
    ['in a flow mapping', 'size: 1', 'size: 1, sise: 2', 'f.yaml:5:28: unknown field sise (did you mean size?)'],
    [
      'in a block mapping',
      'size: 2',
      'size: 2\n    weight: 2',
      'f.yaml:8:5: unknown field weight (it is one of name, size)',
    ],
    [
      'in an optional part',
      'colour: red',
      'colour: red\nnote: {text: x, txt: y}',
      'f.yaml:4:17: unknown field txt (did you mean text?)',
    ],
  ])('%s', (_, search, replacement, expected) => {
    expect(complaint(search, replacement)).toBe(expected);
  });
});

describe('a missing field is named, with what it is', () => {
  test.each([
    ['at the top', 'title: a title\n', '', 'f.yaml:2:1: title is missing (add title: it is a text)'],
    ['in an item', ', size: 1', '', 'f.yaml:5:5: items.0.size is missing (add size: it is a number)'],
    ['one of few words', 'colour: red\n', '', 'f.yaml:2:1: colour is missing (add colour: it is "red" or "green")'],
  ])('%s', (_, search, replacement, expected) => {
    expect(complaint(search, replacement)).toBe(expected);
  });
});

describe('a value of another kind is pointed at', () => {
  test.each([
    ['a word for a number', 'size: 2', 'size: big', 'f.yaml:7:11: size is "big" (size has to be a number)'],
    ['a number for a text', 'a title', '6.10', 'f.yaml:2:8: title is 6.1 (title has to be a text, in quotation marks)'],
    ['nothing for a text', ' a title', '', 'f.yaml:2:7: title is empty (title has to be a text)'],
    ['a number that is too small', 'size: 2', 'size: 0', 'f.yaml:7:11: size: at least 1 (mend items.1.size)'],
    ['a misspelt word', 'red', 'gren', 'f.yaml:3:9: colour is "gren" (did you mean green?)'],
    ['another word', 'red', 'ultramarine', 'f.yaml:3:9: colour is "ultramarine" (it is one of red, green)'],
    ['a list for a word', 'red', '[red]', 'f.yaml:3:9: colour is a list (it is one of red, green)'],
  ])('%s', (_, search, replacement, expected) => {
    expect(complaint(search, replacement)).toBe(expected);
  });
});

describe('what is no YAML is pointed at', () => {
  test.each([
    ['a bracket that stays open', ': red', ': [red', /^f\.yaml:4:1: Flow sequence/],
    ['a quotation mark that stays open', ': red', ': "red', /^f\.yaml:8:1: Missing closing "quote/],
    ['a tab', '  - name', '\t- name', /^f\.yaml:6:1: Tabs are not allowed/],
    ['a colon too many', 'a title', 'a: title', /^f\.yaml:2:8: Nested mappings are not allowed/],
    [
      'a key that stands twice',
      'colour: red',
      'colour: red\ncolour: green',
      /^f\.yaml:4:1: Map keys must be unique \(mend/,
    ],
  ])('%s', (_, search, replacement, expected) => {
    expect(complaint(search, replacement)).toMatch(expected);
  });

  test('in one line', () => {
    expect(complaint('a title', '[')).not.toContain('\n');
  });

  test('and an empty text is no mapping', () => {
    expect(complaintAbout('')).toBe(
      'f.yaml:1:1: the document is empty (the document has to be a list of fields, each "name: value")',
    );
  });
});

test('where a value may be one thing or a list of them, the complaint is about what was begun', () => {
  const one = v.strictObject({ caller: v.string(), call: v.string() });
  const oneOrMore = v.union([one, v.array(one)]);
  expect(complaintAbout('caller: root', oneOrMore)).toBe('f.yaml:1:1: call is missing (add call: it is a text)');
  expect(complaintAbout('- {call: x, caller: y}\n- call: x', oneOrMore)).toBe(
    'f.yaml:2:3: 1.caller is missing (add caller: it is a text)',
  );
  expect(complaintAbout('call: x\ncaller: y\ncal: z', oneOrMore)).toBe(
    'f.yaml:3:1: unknown field cal (did you mean call?)',
  );
});
