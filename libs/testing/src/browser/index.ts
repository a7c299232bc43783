export * from './axe.js';
export * from './start-browser.js';
