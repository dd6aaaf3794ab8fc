import config from './jest.config.js';

export default {
  ...config,
  testMatch: ['<rootDir>/test/e2e/*.e2e.ts'],
  testSequencer: '<rootDir>/test/by-name.mjs',
  // A cluster is waited for: for pods to start, and for certificates and ConfigMaps to reach them.
  testTimeout: 600_000,
};
