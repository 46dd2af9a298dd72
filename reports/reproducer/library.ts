import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../spec/index.js';
import { fragmentsOf, type Fragment } from './fragments.js';
import type { Name } from './names.js';

/** Fragments that programs are put together from, in the order in which a compiler may see them. */
export class Library {
  private readonly defining: ReadonlyMap<Name, readonly Fragment[]>;

  constructor(private readonly fragments: readonly Fragment[]) {
    const defining = new Map<Name, Fragment[]>();
    for (const fragment of fragments) {
      for (const name of fragment.names) defining.set(name, [...(defining.get(name) ?? []), fragment]);
    }
    this.defining = defining;
  }

  /** Says whether there is something of this name. */
  has(name: Name): boolean {
    return this.defining.has(name);
  }

  /** Says whether a name is a type, a macro or a constant. */
  isDeclaration(name: Name): boolean {
    return (this.defining.get(name) ?? []).some(({ kind }) => kind === 'type' || kind === 'define');
  }

  /** The text of what defines a name. */
  textOf(name: Name): string {
    return (this.defining.get(name) ?? []).map(({ text }) => text).join('\n');
  }

  /** These names and all that they use, and so on: everything that a text which uses them needs. */
  closure(names: Iterable<Name>): readonly Fragment[] {
    const needed = new Set<Fragment>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      for (const fragment of this.defining.get(name) ?? []) {
        if (needed.has(fragment)) continue;
        needed.add(fragment);
        open.push(...fragment.uses, ...fragment.conditions.flat().flatMap((text) => text.match(/\w+/g) ?? []));
      }
    }
    return this.fragments.filter((fragment) => needed.has(fragment));
  }

  /** The library without what defines some names. */
  without(names: Iterable<Name>): Library {
    const gone = new Set(names);
    return new Library(this.fragments.filter((fragment) => !fragment.names.some((name) => gone.has(name))));
  }

  /** The library in which some names mean something else. */
  with(others: readonly Fragment[]): Library {
    return new Library([...this.without(others.flatMap(({ names }) => names)).fragments, ...others]);
  }
}

const libraries = new Map<string, Library>();

/**
 * What programs of one kind are made from: the probe's fragments, and in the place of some of them those of a file of
 * `reports/reproducer/runtime`.
 */
export function libraryWith(file: string): Library {
  const known = libraries.get(file);
  if (known !== undefined) return known;
  const library = probeLibrary().with(runtimeFragments(file));
  libraries.set(file, library);
  return library;
}

function probeLibrary(): Library {
  const folder = join(packageRoot(), 'harness', 'probe');
  const all = fragmentsOf('probe.c', (name) => readFileSync(join(folder, name), 'utf8'));
  const bodies = all.filter((each) => each.kind === 'function' && !isPrototype(each));
  const defined = new Set(bodies.flatMap(({ names }) => names));
  return new Library(all.filter((each) => !isPrototype(each) || !each.names.some((name) => defined.has(name))));
}

function runtimeFragments(file: string): readonly Fragment[] {
  const folder = join(packageRoot(), 'reports', 'reproducer', 'runtime');
  return fragmentsOf(file, (name) => readFileSync(join(folder, name), 'utf8'));
}

/** `static void perform(void);`: says that there is a function, and not what it does. */
export function isPrototype({ kind, text }: Fragment): boolean {
  return kind === 'function' && text.endsWith(';');
}
