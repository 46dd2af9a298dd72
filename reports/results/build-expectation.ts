import { formatPlace } from '../../spec/index.js';
import type { Expectation, ExpectationReport } from '../../harness/index.js';

/** What an expectation says of itself. */
export function reasonOf({ reason, link, expires, place }: Expectation): object {
  return {
    reason,
    ...(link !== undefined && { link }),
    ...(expires !== undefined && { expires }),
    place: formatPlace(place),
  };
}

/** The lines of entries that are broken or could not be judged. */
export function expectationLines({
  broken,
  unjudged,
}: Pick<ExpectationReport, 'broken' | 'unjudged'>): readonly object[] {
  const line = ({ clause, target, reason, place }: Expectation, state: string, why: string): object => ({
    type: 'expectation',
    ...{ clause, target, state, why, reason, place: formatPlace(place) },
  });
  return [
    ...broken.map(({ expectation, state, what }) => line(expectation, state, what)),
    ...unjudged.map(({ expectation, why }) => line(expectation, 'not-judged', why)),
  ];
}
