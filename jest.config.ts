import type { Config } from 'jest';

/** Tests run as ES modules; types are checked once, by `npm run types`, and not again for each test file. */
const config: Config = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  roots: [
    'spec',
    'generators',
    'harness',
    'reports',
    'library',
    'cli',
    'packaging',
    'fuzz',
    'faults',
    'bench',
    'scripts',
  ].map((name) => `<rootDir>/${name}`),
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/packaging/fixtures/'],
  testMatch: ['**/*.test.ts', '**/*.spec.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
  setupFiles: ['<rootDir>/scripts/test-seed.ts'],
  showSeed: true,
  testTimeout: 120_000,
};

export default config;
