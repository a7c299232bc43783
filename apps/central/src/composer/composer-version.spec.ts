import { compareVersions, normalizeVersion, versionOfBranch, versionOfTag } from './composer-version.js';

describe('normalizeVersion', () => {
  it.each([
    ['1', '1.0.0.0'],
    ['v1.2', '1.2.0.0'],
    ['1.2.3.4', '1.2.3.4'],
    ['1.0.0RC1', '1.0.0.0-RC1'],
    ['1.0.0-rC13', '1.0.0.0-RC13'],
    ['1.0.0.RC.15-dev', '1.0.0.0-RC15-dev'],
    ['1.0.0-b2', '1.0.0.0-beta2'],
    ['1.0-a', '1.0.0.0-alpha'],
    ['1.0.0-pl3', '1.0.0.0-patch3'],
    ['1.0.0-stable', '1.0.0.0'],
    ['1.0.0+build.5', '1.0.0.0'],
    ['1.0.0-beta.5+foo', '1.0.0.0-beta5'],
    ['2010.01', '2010.01.0.0'],
    ['20100102', '20100102'],
    ['2010-01-02', '2010.01.02'],
    ['2010-01-02.5', '2010.01.02.5'],
    ['master', 'dev-master'],
    ['dev-feature/x', 'dev-feature/x'],
    ['DEV-x', 'dev-x'],
    ['2.x-dev', '2.9999999.9999999.9999999-dev'],
    ['1.0.x-dev', '1.0.9999999.9999999-dev'],
    ['1.0.0@beta', '1.0.0.0'],
    ['dev-main as 1.0.0', 'dev-main'],
  ])('reads %s as %s', (text, normalized) => expect(normalizeVersion(text)).toBe(normalized));

  it.each(['', 'a', '1.0.0-meh', '1.0.0.0.0', 'feature-foo-dev', '1.0 .2', '../1.0', `1.${'0'.repeat(300)}`])(
    'does not take %j for a version',
    (text) => expect(normalizeVersion(text)).toBeUndefined(),
  );
});

describe('versionOfTag', () => {
  it('keeps what people wrote', () => {
    expect(versionOfTag('v1.2.0')).toEqual({ version: 'v1.2.0', normalized: '1.2.0.0', isDev: false });
    expect(versionOfTag('release-1.2.0')).toEqual({ version: '1.2.0', normalized: '1.2.0.0', isDev: false });
  });

  it.each(['1.0.0-dev', 'dev-main', 'latest', '--upload-pack=x'])('leaves %j alone', (tag) => {
    expect(versionOfTag(tag)).toBeUndefined();
  });
});

describe('versionOfBranch', () => {
  it.each([
    ['main', 'dev-main', 'dev-main'],
    ['feature/x', 'dev-feature/x', 'dev-feature/x'],
    ['1.0', '1.0.x-dev', '1.0.9999999.9999999-dev'],
    ['v2.x', 'v2.x-dev', '2.9999999.9999999.9999999-dev'],
  ])('reads %s as %s', (branch, version, normalized) => {
    expect(versionOfBranch(branch)).toEqual({ version, normalized, isDev: true });
  });
});

describe('compareVersions', () => {
  it('puts pre-releases below their release and branches without numbers lowest', () => {
    const ascending = [
      'dev-main',
      '1.0.0.0-dev',
      '1.0.0.0-alpha1',
      '1.0.0.0-alpha2',
      '1.0.0.0-beta1',
      '1.0.0.0-RC1',
      '1.0.0.0',
      '1.0.0.0-patch1',
      '1.0.0.1',
      '1.10.0.0',
      '2.9999999.9999999.9999999-dev',
    ];
    expect([...ascending].reverse().sort(compareVersions)).toEqual(ascending);
  });
});
