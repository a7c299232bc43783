export * from './ask-bytes.js';
export * from './catalog.js';
export * from './harness.js';
export * from '@hansa/testing';
