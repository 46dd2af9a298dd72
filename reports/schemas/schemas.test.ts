import { describe, expect, test } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../spec/index.js';
import { VARIED } from '../fixtures/results.js';
import { ndjson, resultsOf } from '../results/index.js';
import { samplesOf, variantsOf } from '../fixtures/samples.js';
import { FILE_KINDS, schemaNamed, type FileKindName } from './index.js';

const ajv = new Ajv2020({ strict: true, allErrors: false, validateFormats: false, strictTuples: false, allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

/** What an independent validator says of a value: nothing, or what is wrong with it. */
function complaints(name: FileKindName, value: unknown): string | undefined {
  const validate = validators.get(name) ?? ajv.compile(schemaNamed(name));
  validators.set(name, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

/** Files by their paths; `*.yaml` is each of a folder. */
const filesOf = (patterns: readonly string[]): readonly string[] =>
  patterns.flatMap((pattern) =>
    pattern.includes('*')
      ? readdirSync(join(packageRoot(), dirname(pattern))).filter((name) => name.endsWith('.yaml')).map((name) => join(dirname(pattern), name))
      : [pattern],
  );

describe.each(FILE_KINDS)('the schema $name', ({ name }) => {
  const samples = samplesOf(schemaNamed(name));

  test('accepts a file with every field that it names', () => {
    expect(samples.map((sample) => complaints(name, sample)).filter((each) => each !== undefined)).toEqual([]);
  });

  test('refuses each of its fields misspelt, wherever it stands', () => {
    const misspelt = samples.flatMap(variantsOf);
    expect(misspelt.length).toBeGreaterThan(2);
    expect(misspelt.filter(({ value }) => complaints(name, value) === undefined).map(({ path }) => path)).toEqual([]);
  });

  test('says of each of its fields what it is', () => {
    const silent: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
        if (key === 'properties')
          for (const [field, its] of Object.entries(value as Record<string, object>))
            if (!('description' in its)) silent.push(`${path}/${field}`);
        look(value, `${path}/${key}`);
      }
    };
    look(schemaNamed(name), '');
    expect(silent).toEqual([]);
  });
});

describe('each file of the project', () => {
  const files = FILE_KINDS.flatMap(({ name, files: patterns }) =>
    filesOf(patterns).map((file) => ({ name, file, text: readFileSync(join(packageRoot(), file), 'utf8') })),
  );

  test.each(files)('$file is what the schema $name says', ({ name, text }) => {
    expect(complaints(name, parse(text))).toBeUndefined();
  });

  test.each(files)('$file names that schema for editors', ({ name, file, text }) => {
    const up = '../'.repeat(file.split('/').length - 1);
    expect(text.split('\n', 1)[0]).toBe(`# yaml-language-server: $schema=${up}schemas/${name}.json`);
  });
});

test('each line of a run that found something of everything is what the schema says', () => {
  const lines = [...ndjson(resultsOf(VARIED, { order: 'strict', minJudged: 1 }))].map((line) => JSON.parse(line) as unknown);
  expect(lines.map((line) => complaints('results', line)).filter((each) => each !== undefined)).toEqual([]);
});
