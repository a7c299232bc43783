import fc from 'fast-check';
import semver from 'semver';
import { channelOf, majorOf, semverSortKey } from './semver-sort-key.js';

const number = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 2 ** 31 })).map(String);
const word = fc.stringMatching(/^[0-9A-Za-z-]{0,4}[A-Za-z-][0-9A-Za-z-]{0,3}$/);
const prerelease = fc.array(fc.oneof(number, word), { minLength: 1, maxLength: 4 }).map((ids) => `-${ids.join('.')}`);
const version = fc
  .tuple(number, number, number, fc.oneof(fc.constant(''), prerelease), fc.constantFrom('', '+build.7', '+0'))
  .map(([major, minor, patch, pre, build]) => `${major}.${minor}.${patch}${pre}${build}`);

const order = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

describe('semverSortKey', () => {
  it('orders any two versions as SemVer does', () => {
    fc.assert(
      fc.property(version, version, (a, b) => order(semverSortKey(a), semverSortKey(b)) === semver.compare(a, b)),
      { numRuns: 5_000 },
    );
  });

  it('orders versions that differ in the pre-release only as SemVer does', () => {
    const ascending = ['0', '2', '11', '100', '-', '-a', 'A', 'a', 'a.0', 'a.b', 'a-', 'a0', 'aa', 'b'];
    const keys = [...ascending.map((pre) => semverSortKey(`1.0.0-${pre}`)), semverSortKey('1.0.0')];
    expect([...keys].sort(order)).toEqual(keys);
  });

  it('gives the same bytes in JavaScript order and in byte order', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [left, right] = [semverSortKey(a), semverSortKey(b)];
        return order(left, right) === Buffer.compare(Buffer.from(left), Buffer.from(right));
      }),
    );
  });

  it('does not see build metadata', () => {
    expect(semverSortKey('1.2.3+a')).toBe(semverSortKey('1.2.3+b'));
  });

  it.each(['1.2', 'v1.2.3', '01.2.3', '1.2.3-01', ''])('refuses %j, which is no SemVer', (text) => {
    expect(() => semverSortKey(text)).toThrow(RangeError);
  });
});

describe('channelOf', () => {
  it.each([
    ['1.0.0', 'stable'],
    ['1.0.0+alpha', 'stable'],
    ['1.0.0-alpha.1', 'alpha'],
    ['1.0.0-beta.1', 'beta'],
    ['1.0.0-rc.1', 'beta'],
    ['1.0.0-alphabet', 'beta'],
  ])('puts %s into %s', (version, channel) => expect(channelOf(version)).toBe(channel));
});

describe('majorOf', () => {
  it('is the first number', () => expect(majorOf('12.3.4-a')).toBe(12));
});
