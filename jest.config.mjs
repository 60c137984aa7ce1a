// One project a tier (docs/testing.md). `npm test` runs all of them after starting what they need.

const shared = {
  rootDir: '.',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@hie/source', 'node'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', { configFile: './.swcrc' }] },
  modulePathIgnorePatterns: ['/dist/', '/bundle/', '/.run/', '/.nx/'],
};

/** @param {string} displayName @param {string[]} testMatch */
const tier = (displayName, testMatch) => ({ ...shared, displayName, testMatch });

/** A tier whose files share one running exchange (`test/support/shared-exchange.mjs`). @param {string} displayName */
const exchangeTier = (displayName) => ({
  ...tier(displayName, [`<rootDir>/test/${displayName}/*.spec.ts`]),
  globalSetup: '<rootDir>/test/support/start-shared-exchange.mjs',
  globalTeardown: '<rootDir>/test/support/stop-shared-exchange.mjs',
});

export default {
  // A hook that starts a service waits for a machine that may be busy; nothing asserts a time.
  testTimeout: 60_000,
  projects: [
    tier('unit', ['<rootDir>/{libs,apps,deploy,bench}/**/src/**/*.spec.ts']),
    tier('integration', ['<rootDir>/{libs,apps,deploy,bench}/**/src/**/*.int-spec.ts']),
    tier('boundaries', ['<rootDir>/test/boundaries/*.spec.ts']),
    tier('commands', ['<rootDir>/test/commands/*.spec.ts']),
    exchangeTier('journeys'),
    exchangeTier('conformance'),
    exchangeTier('attacks'),
    exchangeTier('faults'),
  ],
};
