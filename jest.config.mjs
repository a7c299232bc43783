/** JSX has a syntax of its own: in a `.ts` file `<T>` starts a list of type parameters. */
const swc = (parser) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser,
      transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic' } },
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

/** Unit tests know no Nest and no database; the other two projects share one embedded PostgreSQL (tools/jest). */
const base = {
  rootDir: import.meta.dirname ?? new URL('.', import.meta.url).pathname,
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['hansa-source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '^.+\\.tsx$': swc({ syntax: 'typescript', tsx: true }),
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
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,conformance}/**/*.spec.{ts,tsx}'] },
    { ...base, ...database, displayName: 'int', testMatch: ['<rootDir>/{apps,libs}/**/*.int-spec.ts'] },
    { ...base, ...database, displayName: 'e2e', testMatch: ['<rootDir>/{apps,conformance}/**/*.e2e-spec.ts'] },
  ],
  coverageProvider: 'v8',
  // What starts a thread runs from the build only; what it does is tested.
  collectCoverageFrom: ['libs/{trust,archive}/src/**/*.ts', '!**/*.spec.ts', '!**/unpack-thread.ts'],
  coverageThreshold: { 'libs/trust/src/': { lines: 100 }, 'libs/archive/src/': { lines: 100 } },
  testTimeout: 60_000,
  // Modules of suites that are done stay in memory: a worker begins anew before collecting them takes more time than the tests.
  workerIdleMemoryLimit: '1GB',
};
