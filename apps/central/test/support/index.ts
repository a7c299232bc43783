export * from './harness.js';
export * from '@hansa/testing';
