import { constants } from 'node:os';

/** Numbers of errors by their names; those of every architecture that there is a stub for are the same. */
export const ERRNOS: ReadonlyMap<string, number> = new Map(Object.entries(constants.errno));
