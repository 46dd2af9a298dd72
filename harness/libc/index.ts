/** Holds the wrappers of a libc to `spec/libc.yaml`: compiles cases with its compiler, traces each, and judges what it did. */
export { isLibcTarget, runLibc, type LibcFinding, type LibcOptions, type LibcRun } from './run.js';
