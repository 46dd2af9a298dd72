/** C programs that show what a finding says, made from the fragments that the probe runs; and whether they do show it. */
export {
  reproducerOf,
  testProgramOfCall,
  testProgramOfScenario,
  type ReproducerOptions,
  type ReproducerText,
} from './reproducer.js';
export { reproducerName, writeReproducers, type WrittenReproducer, type ProgramLaunch } from './write.js';
export { verifyReproducer, type Verification } from './verify.js';
