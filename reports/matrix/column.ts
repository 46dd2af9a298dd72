import type { Results } from '../results/index.js';

/** A target of a matrix: what its run came to, or why there is nothing of it. */
export type Column =
  | { readonly name: string; readonly results: Results; readonly trouble?: undefined }
  | { readonly name: string; readonly results?: undefined; readonly trouble: string };
