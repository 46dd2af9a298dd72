import { describe, expect, test } from '@jest/globals';
import { CALLERS, EFFECTS, FEATURES, FLAGS, HISTORICAL_FLAGS, LIBC, SPECIFICATION } from '../../spec/index.js';
import { errata, specificationPage } from './index.js';

const page = specificationPage();
const lines = page.split('\n');
const { clauses, stages, otherwise } = SPECIFICATION.errors;
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

describe('the page of the specification', () => {
  test.each([
    ['flag', [...FLAGS, ...HISTORICAL_FLAGS].map(({ name }) => name)],
    ['refusal', [...clauses, otherwise].map(({ id }) => id)],
    ['condition', clauses.map(({ when }) => when)],
    ['effect', EFFECTS.map(({ id }) => id)],
    ['clause of libcs', LIBC.clauses.map(({ id }) => id)],
    ['feature', FEATURES.map(({ name }) => name)],
    ['caller', CALLERS.map(({ name }) => name)],
  ])('names every %s', (_, names) => {
    expect(names.filter((name) => !page.includes(code(name)))).toEqual([]);
  });

  test('has refusals in the order in which Linux checks, under their stages', () => {
    const places = clauses.map(({ id }) => page.indexOf(`| <a id="${id.replace('/', '-')}"></a>`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(lines.filter((line) => line.startsWith('### ')).slice(1, -1)).toEqual(
      stages.map(({ stage }) => `### ${stage.replaceAll('_', '\\_')}`),
    );
  });

  test('is made of tables whose rows have as many cells as their heads', () => {
    const bars = (line: string): number => line.match(/(?<!\\)\|/g)?.length ?? 0;
    let head = 0;
    for (const line of lines) {
      if (!line.startsWith('| ')) head = 0;
      else if (head === 0) head = bars(line);
      else expect([line, bars(line)]).toEqual([line, head]);
    }
  });

  test('links to anchors that are there, and holds no other markup', () => {
    const targets = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
    const anchors = [...page.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, anchor = '']) => anchor);
    const titles = lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3).toLowerCase());
    const known = new Set([...anchors, ...titles, otherwise.id.replace('/', '-')]);
    expect(targets.filter((target) => !known.has(target))).toEqual([]);
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(page.replace(/<a id="[a-z0-9-]+"><\/a>/g, '').replace(/`[^`\n]*`/g, '')).not.toMatch(/<[a-z]/i);
  });

  test('of one Linux has what that is held to alone', () => {
    const old = specificationPage([5, 4, 0]);
    expect(old).toContain('what Linux 5.4 does');
    expect(old).toContain('`errors/nproc-before-creds`');
    expect(old).not.toContain('`errors/nproc`');
    expect(old).not.toContain('`effects/newtime`');
    expect(old).not.toContain('[`effects/newtime`]');
  });
});

describe('errata', () => {
  test('are those of refusals, of effects, and of what is accepted', () => {
    const ids = errata().map(({ id }) => id);
    const written = [...clauses, otherwise, ...EFFECTS].filter(({ erratum }) => erratum !== undefined);
    expect(ids).toEqual(written.map(({ id }) => id));
    expect(ids).toEqual(
      expect.arrayContaining([
        'errors/thread-with-newpid',
        'errors/otherwise-accepted',
        'effects/cleartid-needs-sharer',
      ]),
    );
  });

  test('each have a function of the kernel that bears them out, and stand on the page', () => {
    for (const { id, erratum, source, example } of errata()) {
      expect(source).toMatch(/\(\)/);
      expect(page).toContain(`| [${code(id)}](#${id.replace('/', '-')}) | `);
      expect(erratum).toMatch(/\.$/);
      if (id.startsWith('errors/') && id !== otherwise.id) expect(example).toMatch(/^[a-z-]+: (clone|fork|vfork)/);
    }
  });
});
