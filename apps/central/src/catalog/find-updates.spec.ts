import { highestFor, updateFor, type IndexedRelease } from './find-updates.js';
import { channelOf, semverSortKey } from './semver-sort-key.js';

function release(version: string, changes: { min?: string; max?: string; security?: boolean } = {}): IndexedRelease {
  return {
    id: `rel_${version}`,
    version,
    key: semverSortKey(version),
    minPlatformKey: semverSortKey(changes.min ?? '1.0.0'),
    maxPlatformKey: changes.max === undefined ? null : semverSortKey(changes.max),
    channel: channelOf(version),
    security: changes.security ?? false,
    sha256: 'a'.repeat(64),
    rolloutPercent: 100,
  };
}
const packageOf = (...releases: IndexedRelease[]) => ({
  id: 'ccmp_1',
  marketplaceId: '@acme/one',
  releases,
  deprecated: null,
  advisories: [],
});
const stable = { channel: 'stable', platformKey: undefined } as const;
const on = (platform: string) => ({ channel: 'stable', platformKey: semverSortKey(platform) }) as const;

describe('highestFor', () => {
  const releases = [
    release('3.0.0-alpha.1'),
    release('2.0.0-rc.1'),
    release('1.2.0', { min: '2.0.0' }),
    release('1.1.0', { max: '1.9.0' }),
  ];

  it.each([
    ['stable', '3.0.0', '1.2.0'],
    ['stable', '2.0.0', '1.2.0'],
    ['stable', '1.9.0', '1.1.0'],
    ['stable', '1.9.1', undefined],
    ['beta', '3.0.0', '2.0.0-rc.1'],
    ['alpha', '3.0.0', '3.0.0-alpha.1'],
  ] as const)('on %s and platform %s is %s', (channel, platform, version) => {
    expect(highestFor(releases, { channel, platformKey: semverSortKey(platform) })?.version).toBe(version);
  });
});

describe('updateFor', () => {
  it.each([
    ['1.0.0', '1.0.1', false],
    ['1.9.0', '1.10.0', false],
    ['1.9.0', '2.0.0', true],
    ['2.0.0-rc.1', '2.0.0', false],
  ])('from %s to %s is breaking: %s', (current, latest, breaking) => {
    expect(updateFor(packageOf(release(latest)), current, stable, 'http://hub')).toMatchObject({
      current,
      latest,
      breaking,
      auto_update: !breaking,
    });
  });

  it.each(['1.2.0', '1.2.0+build', '1.3.0', '2.0.0'])('has nothing for a shop on %s', (current) => {
    expect(updateFor(packageOf(release('1.2.0')), current, stable, 'http://hub')).toBeUndefined();
  });

  it('is about security when any step on the way is, and not when one beyond or before it is', () => {
    const item = packageOf(
      release('1.4.0', { min: '9.0.0', security: true }),
      release('1.3.0'),
      release('1.2.0', { security: true }),
      release('1.1.0'),
    );
    expect(updateFor(item, '1.1.0', on('1.0.0'), 'http://hub')).toMatchObject({ latest: '1.3.0', security: true });
    expect(updateFor(item, '1.2.0', on('1.0.0'), 'http://hub')).toMatchObject({ latest: '1.3.0', security: false });
  });
});
