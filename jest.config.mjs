/** Unit tests know no Nest and no database; the other two projects share one embedded PostgreSQL (tools/jest). */
const base = {
  rootDir: import.meta.dirname ?? new URL('.', import.meta.url).pathname,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['hansa-source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/', '/.data/', '/.nx/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  setupFiles: ['<rootDir>/tools/jest/setup.mjs'],
};
const database = {
  globalSetup: '<rootDir>/tools/jest/start-postgres.mjs',
  globalTeardown: '<rootDir>/tools/jest/stop-postgres.mjs',
};

export default {
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,conformance}/**/*.spec.ts'] },
    { ...base, ...database, displayName: 'int', testMatch: ['<rootDir>/{apps,libs}/**/*.int-spec.ts'] },
    { ...base, ...database, displayName: 'e2e', testMatch: ['<rootDir>/{apps,conformance}/**/*.e2e-spec.ts'] },
  ],
  coverageProvider: 'v8',
  collectCoverageFrom: ['libs/{trust,archive}/src/**/*.ts', '!**/*.spec.ts'],
  coverageThreshold: { 'libs/trust/src/': { lines: 100 }, 'libs/archive/src/': { lines: 100 } },
  testTimeout: 60_000,
};
