import { visibleLine } from '../../spec/text/visible.js';
import type { Results } from '../results/index.js';

/** A target of a matrix: what its run came to, or why there is nothing of it. */
export type Column =
  | { readonly name: string; readonly results: Results; readonly trouble?: undefined }
  | { readonly name: string; readonly results?: undefined; readonly trouble: string };

/** With what a target, or whoever started it, says made fit to be shown. */
export function shownColumn(column: Column): Column {
  const name = visibleLine(column.name);
  return column.results === undefined ? { name, trouble: visibleLine(column.trouble) } : { ...column, name };
}
