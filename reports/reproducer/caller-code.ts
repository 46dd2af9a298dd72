import type { Caller, CallerFacts } from '../../spec/index.js';
import { number, stringLiteral } from './c-text.js';
import type { Library } from './library.js';

/** A way for the probe to become a caller, from its table of attributes. */
interface AttributeKind {
  readonly name: string;
  readonly place: string;
  readonly enter: string;
}

/** Reads the probe's table, in its order. */
function attributeKinds(library: Library): readonly AttributeKind[] {
  const rows = library.textOf('attribute_kinds').matchAll(/\{\s*"([^"]+)",\s*(PLACE_\w+),\s*(\w+)\s*\}/g);
  return [...rows].map(([, name = '', place = '', enter = '']) => ({ name, place, enter }));
}

/** The C of a caller's state. */
export interface CallerCode {
  /** Functions `host_state`, `caller_state` and `make_caller`. */
  readonly text: string;
  /** What main says and does first where the state cannot be reached. */
  readonly checks: string;
  /** What main does at the end. */
  readonly cleanup: string;
}

/** What tells root from others as far as the calls are concerned. */
const CAP_SYS_ADMIN = 1n << 21n;

/**
 * The C that makes a caller of the process, by the probe's own functions.
 *
 * @returns a text why there is none for one of its attributes
 */
export function callerCode(library: Library, caller: Caller, facts: CallerFacts | undefined): CallerCode | string {
  const kinds = attributeKinds(library);
  const entered: { readonly kind: AttributeKind; readonly rank: number; readonly line: string }[] = [];
  for (const attribute of caller.attributes) {
    const rank = kinds.findIndex(({ name }) => fits(attribute, name));
    const kind = kinds[rank];
    if (kind === undefined) return `the probe has no attribute ${attribute}`;
    const value = attribute.includes('=') ? BigInt(attribute.slice(attribute.indexOf('=') + 1)) : 0n;
    entered.push({ kind, rank, line: `\tenter(${stringLiteral(attribute)}, ${number(value)}, ${kind.enter});\n` });
  }
  const at = (...places: readonly string[]): string =>
    places
      .flatMap((place) => {
        const here = entered.filter(({ kind }) => kind.place === place);
        return place === 'PLACE_HOST' ? here : here.sort((a, b) => a.rank - b.rank);
      })
      .map(({ line }) => line)
      .join('');
  const has = (name: string): boolean => caller.attributes.includes(name);
  const pidsMax = has('pids-max') ? '\tuse_pids_up();\n' : '';
  const text = [
    functionOf('host_state', at('PLACE_HOST'), 'What the caller is: entered once by the process that makes it,'),
    functionOf('caller_state', at('PLACE_ARENA', 'PLACE_ARENA_LAST') + pidsMax, 'and by itself.'),
    has('autoreap') ? AUTOREAPED : made(has('pidns-init') ? 'CLONE_NEWPID' : '0'),
  ].join('\n');
  const cleanup = has('cgroups') || has('pids-max') ? '\tcgroup_remove_all(1);\n' : '';
  return { text, checks: checksFor(caller, facts), cleanup };
}

function fits(attribute: string, name: string): boolean {
  return name.endsWith('=') || name.endsWith('-')
    ? attribute.startsWith(name) && attribute.includes('=')
    : attribute === name;
}

function functionOf(name: string, body: string, comment: string): string {
  return `/* ${comment} */\nstatic void ${name}(void)\n{\n${body}}\n`;
}

function made(flags: string): string {
  return `static long make_caller(void)\n{\n\treturn sys_fork(${flags});\n}\n`;
}

const AUTOREAPED = `static long make_caller(void)
{
	return make_autoreaped();
}
`;

/** What a caller is that takes nothing on itself: whoever runs the program has to be it. */
function checksFor({ attributes }: Caller, facts: CallerFacts | undefined): string {
  if (attributes.includes('user')) return '';
  // Inside of a user namespace, or a sandbox, what the outside calls one may be unknown.
  if (facts !== undefined && (facts.kuid ?? facts.euid) !== 0)
    return '\tif (sys(NR_geteuid) == 0)\n\t\treturn cannot_judge("run it as an ordinary user");\n';
  return `\tif (lacks_capabilities(${number(CAP_SYS_ADMIN)}))\n\t\treturn cannot_judge("run it as root, with CAP_SYS_ADMIN");\n`;
}
