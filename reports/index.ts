/** What people and programs read of a run. */
export { EXIT, exitStatus, tooLittle, type ExitStatus } from './exit-status.js';
export type { JsonSchema } from './json-schema.js';
export { FILE_KINDS, schemaNamed, type FileKind, type FileKindName } from './schemas/index.js';
export { annotations } from './annotations.js';
export { MOST_MARKDOWN, markdown } from './markdown.js';
export { FORMATS, render, type Format } from './render.js';
export {
  ndjson,
  readResults,
  resultsOf,
  resultsOfLibc,
  type FindingLine,
  type ReportOptions,
  type Results,
} from './results/index.js';
export {
  reproducerOf,
  testProgramOfCall,
  testProgramOfScenario,
  reproducerName,
  verifyReproducer,
  writeReproducers,
  type ReproducerText,
  type Verification,
  type WrittenReproducer,
  type ProgramLaunch,
} from './reproducer/index.js';
export { againCommand, count, deviation, outcomes, sourceOf } from './sentences.js';
export { matrix, matrixText, type Column } from './matrix/index.js';
export { terminal } from './terminal.js';
export { findingText } from './finding-text.js';
export { verdictOf } from './verdict.js';
export { versionsTable } from './versions.js';
export * from './sweep/index.js';
