export * from './ask-bytes.js';
export * from './catalog.js';
export * from './harness.js';
export * from '@hansa/testing';
export * from './commerce.js';
export * from './jobs.js';
export * from './shop.js';
export * from './stripe.js';
