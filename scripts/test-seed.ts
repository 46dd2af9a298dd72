import { jest } from '@jest/globals';
import fc from 'fast-check';

// One seed for a whole run of the tests, which `npm test -- --seed N` repeats; the tests that name a seed of their own keep it.
fc.configureGlobal({ seed: jest.getSeed() });
