/** C programs that show what a finding says, made from the fragments that the probe runs. */
export { callProgram, type CallSubject } from './call-program.js';
export { scenarioProgram, type ScenarioSubject } from './scenario-program.js';
