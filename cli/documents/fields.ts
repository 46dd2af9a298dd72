import type { JsonSchema } from '../../reports/index.js';

/** One field of a file, at any depth: `stages[].clauses[].id`. */
export interface Field {
  readonly path: string;
  readonly type: string;
  readonly needed: boolean;
  readonly what: string;
}

/** What a JSON Schema is made of, as far as fields are concerned. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node | boolean;
  readonly prefixItems?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** A kind of line of a file: what its `type` says, or nothing where there is but one kind. */
export interface Shape {
  readonly name: string | undefined;
  readonly what: string;
  readonly fields: readonly Field[];
}

/** Every field that a JSON Schema names, by the kinds of lines that it has. */
export function shapesOf(schema: JsonSchema): readonly Shape[] {
  return linesOf(schema).map((node) => {
    const { const: name } = node.properties?.['type'] ?? {};
    return {
      name: typeof name === 'string' ? name : undefined,
      what: node.properties?.['type']?.description ?? node.description ?? '',
      fields: unique(fieldsOf(node, '')),
    };
  });
}

function linesOf(node: Node): readonly Node[] {
  const inner = node.oneOf ?? node.anyOf?.filter(({ type }) => type !== 'null');
  // One, or a list of them.
  const [first, second] = inner ?? [];
  if (first?.type === 'object' && second?.type === 'array') return [first];
  return inner === undefined ? [node] : inner.flatMap(linesOf);
}

function fieldsOf(node: Node, at: string): readonly Field[] {
  const within = (part: Node, path: string): readonly Field[] => fieldsOf(part, path);
  return [
    ...Object.entries(node.properties ?? {}).flatMap(([name, part]) => {
      const path = at === '' ? name : `${at}.${name}`;
      const needed = node.required?.includes(name) === true;
      return [{ path, type: typeOf(part), needed, what: whatOf(part) }, ...within(part, path)];
    }),
    ...(typeof node.items === 'object' ? within(node.items, `${at}[]`) : []),
    ...(typeof node.additionalProperties === 'object'
      ? within(node.additionalProperties, at === '' ? 'NAME' : `${at}.NAME`)
      : []),
    ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((part) => within(part, at)),
  ];
}

/** Alternatives name the same field more than once. */
function unique(fields: readonly Field[]): readonly Field[] {
  const merged = new Map<string, Field>();
  for (const field of fields) {
    const known = merged.get(field.path);
    if (known === undefined) merged.set(field.path, field);
    else if (known.type !== field.type && !known.type.split(' or ').includes(field.type))
      merged.set(field.path, {
        ...known,
        type: `${known.type} or ${field.type}`,
        needed: known.needed && field.needed,
      });
  }
  return [...merged.values()];
}

function typeOf(node: Node): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined)
    return node.enum.length > 12 ? 'one of a list' : node.enum.map((each) => JSON.stringify(each)).join(', ');
  const inner = node.anyOf ?? node.oneOf;
  if (inner !== undefined) return [...new Set(inner.map(typeOf))].join(' or ');
  if (node.type === 'array') return typeof node.items === 'object' ? `list of ${typeOf(node.items)}` : 'list';
  if (node.type === 'object') return node.properties === undefined ? 'names with values' : 'object';
  return node.format ?? node.type ?? 'anything';
}

function whatOf({ description = '', default: otherwise }: Node): string {
  const told = otherwise === undefined || otherwise === null ? '' : JSON.stringify(otherwise);
  return ['', '[]', '{}'].includes(told) ? description : `${description} Absent: \`${told}\`.`;
}
