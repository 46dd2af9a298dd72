import { changed, type Mutate } from './mutant.js';

/** The rule is forgotten in one of the calls that it concerns. */
export const call: Mutate = ({ calls, ...rest }) =>
  calls.length < 2
    ? []
    : calls.map((each) =>
        changed({ calls, ...rest }, 'call', each, `not in ${each}()`, {
          ...rest,
          calls: calls.filter((other) => other !== each),
        }),
      );
