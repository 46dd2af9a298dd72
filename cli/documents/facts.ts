import { EXIT } from '../../reports/index.js';

/** What the program ends with, and what that means. */
export const EXIT_STATUSES: readonly (readonly [number, string])[] = [
  [EXIT.conforms, 'conforms'],
  [EXIT.differs, 'differs'],
  [EXIT.usage, 'usage or input error; a line says what and where, a second what to do'],
  [EXIT.unjudged, 'could not judge, or too little ran'],
  [EXIT.internal, 'internal error, or a tool such as the compiler is missing'],
  [EXIT.interrupted, 'interrupted, with a report of what ran'],
];

/** Variables of the environment that are looked at. */
export const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['NO_COLOR', 'where it is set and not empty, nothing is coloured'],
  ['CC', 'the C compiler that builds the probe'],
  ['CLONECHECK_DEBUG', 'where it is set, an internal error says where it came about'],
  ['XDG_CACHE_HOME', 'where built probes and what was found out about virtual machines are kept (default: ~/.cache)'],
  ['GITHUB_ACTIONS', 'true: findings are printed as annotations, and a summary goes to GITHUB_STEP_SUMMARY'],
];
