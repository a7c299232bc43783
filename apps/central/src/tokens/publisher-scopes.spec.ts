import { allows } from './publisher-scopes.js';

describe(allows.name, () => {
  it.each([
    [['full'], undefined, true],
    [['full'], 'releases:write', true],
    [['releases:write'], 'releases:write', true],
    [['releases:write'], 'listings:write', false],
    [['releases:read', 'releases:write', 'listings:write'], undefined, false],
    [['releases:read', 'releases:write', 'listings:write'], 'full', false],
    [[], 'releases:read', false],
  ] as const)('says of %j for %s: %s', (held, wanted, allowed) => {
    expect(allows(held, wanted)).toBe(allowed);
  });
});
