export type { Column } from './column.js';
export { differencesOf, type Difference } from './differences.js';
export { matrix } from './page.js';
export { matrixText } from './terminal.js';
