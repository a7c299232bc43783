export * from './eventually.js';
export * from './fixed-clock.js';
export * from './hostile-archives.js';
export * from './test-database.js';
export * from './fake-tuf.js';
export * from './programs.js';
export * from './fake-acme.js';
export * from './fake-s3.js';
