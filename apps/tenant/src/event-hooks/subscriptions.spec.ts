import { hears, isSubscribable } from './subscriptions.js';

describe(isSubscribable, () => {
  it.each([
    ['plugin.installed', true],
    ['plugin.*', true],
    ['order.placed', true],
    ['cart.*', true],
    ['plugin.exploded', false],
    ['*', false],
    ['hub.*', false],
    ['order.', false],
    ['order.placed\n', false],
    [5, false],
  ])('%p: %p', (name, expected) => {
    expect(isSubscribable(name)).toBe(expected);
  });
});

describe(hears, () => {
  it('knows names and groups, and no prefixes', () => {
    expect(hears(['plugin.updated'], 'plugin.updated')).toBe(true);
    expect(hears(['plugin.*'], 'plugin.updated')).toBe(true);
    expect(hears(['plugin.update'], 'plugin.updated')).toBe(false);
    expect(hears(['order.*'], 'plugin.updated')).toBe(false);
  });
});
