import { anywhere } from './read-page.js';

describe('anywhere', () => {
  it.each([
    [undefined, null],
    ['acme', '%acme%'],
    ['100%', '%100\\%%'],
    ['a_b', '%a\\_b%'],
    ['back\\slash', '%back\\\\slash%'],
  ])('of %j is %j', (search, pattern) => expect(anywhere(search)).toBe(pattern));
});
