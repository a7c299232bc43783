import { minifyVersions, type VersionMetadata } from './minify-versions.js';

/** What Composer's client does with the list. */
function expand(minified: readonly VersionMetadata[]): VersionMetadata[] {
  let current: Record<string, unknown> = {};
  return minified.map((difference) => {
    current = { ...current, ...difference };
    current = Object.fromEntries(Object.entries(current).filter(([, value]) => value !== '__unset'));
    return current;
  });
}

describe('minifyVersions', () => {
  it('gives the first whole and the others as differences', () => {
    const versions = [
      { name: 'a/b', version: '2.0.0', require: { php: '^8.1' }, license: ['MIT'] },
      { name: 'a/b', version: '1.1.0', require: { php: '^8.1' } },
      { name: 'a/b', version: '1.0.0', require: { php: '^7.4' }, license: ['MIT'] },
    ];
    expect(minifyVersions(versions)).toEqual([
      versions[0],
      { version: '1.1.0', license: '__unset' },
      { version: '1.0.0', require: { php: '^7.4' }, license: ['MIT'] },
    ]);
    expect(expand(minifyVersions(versions))).toEqual(versions);
  });

  it('has nothing to say about no versions', () => {
    expect(minifyVersions([])).toEqual([]);
  });
});
