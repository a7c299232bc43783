import { isInTwoPlaces, networkOf } from './two-places.js';

describe(networkOf, () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8::6', '2001:db8:0::/48'],
    ['2001:0db8:0001::', '2001:db8:1::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe(isInTwoPlaces, () => {
  it.each<[string, string[], boolean]>([
    ['nothing', [], false],
    ['a shop that stays', ['A', 'A', 'A', 'A'], false],
    ['a shop that moves, and moves on', ['A', 'A', 'B', 'B', 'C', 'C'], false],
    ['a shop that goes over to a spare line and back', ['A', 'A', 'B', 'B', 'A'], false],
    ['two copies side by side', ['A', 'B', 'A', 'B'], true],
    ['two copies of which one calls seldom', ['A', 'A', 'A', 'B', 'A', 'A', 'A', 'B', 'A'], true],
    ['three copies', ['A', 'B', 'C', 'A', 'B', 'C'], true],
  ])('says of %s', (_, places, is) => {
    expect(isInTwoPlaces(places)).toBe(is);
  });
});
