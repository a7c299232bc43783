import type { ReleaseFinding } from '@hansa/contracts';
import {
  affects,
  checkListing,
  comparePackages,
  cutFindings,
  findAdvisories,
  looksLike,
  makeSbom,
  readOsv,
  severityOf,
  type PackageFacts,
} from './index.js';

const finding = (severity: ReleaseFinding['severity'], message = 'x'): ReleaseFinding => ({
  check: 'static-scan',
  severity,
  message,
});

describe(cutFindings.name, () => {
  it('keeps the error among five thousand and says how many were left out', () => {
    const many = Array.from({ length: 4_999 }, (_, index) => finding('info', `note ${index}`));
    const cut = cutFindings([...many, finding('error', 'the one')], 200);
    expect(cut).toHaveLength(201);
    expect(cut[0]).toMatchObject({ message: 'the one' });
    expect(cut.at(-1)).toMatchObject({ message: 'and 4800 more findings' });
  });

  it('never lets what was cut look better than it was', () => {
    expect(
      severityOf(
        cutFindings(
          Array.from({ length: 300 }, () => finding('warning')),
          1,
        ),
      ),
    ).toBe('warning');
    expect(
      cutFindings(
        Array.from({ length: 300 }, () => finding('warning')),
        1,
      )[1],
    ).toMatchObject({ severity: 'warning' });
  });
});

const OSV = {
  id: 'GHSA-1',
  summary: 'Breaks out.',
  database_specific: { severity: 'HIGH' },
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left' },
      ranges: [
        {
          type: 'SEMVER',
          events: [{ introduced: '1.0.0' }, { fixed: '1.2.0' }, { introduced: '2.0.0' }, { last_affected: '2.1.0' }],
        },
        { type: 'GIT', events: [{ introduced: '0' }] },
      ],
      versions: ['0.5.0-odd'],
    },
    { package: { ecosystem: 'PyPI', name: 'left' } },
  ],
};

describe(readOsv.name, () => {
  const [advisory] = readOsv(OSV);

  it.each([
    ['0.9.9', false],
    ['1.0.0', true],
    ['1.2.0-rc.1', true],
    ['1.2.0', false],
    ['2.0.0', true],
    ['2.1.0', true],
    ['2.1.1', false],
    ['0.5.0-odd', true],
    ['nonsense', false],
  ])('says of %s: affected %s', (version, affected) => {
    expect(affects(advisory!, version)).toBe(affected);
  });

  it('takes a range without an end as everything from there on', () => {
    const [all] = readOsv({
      ...OSV,
      affected: [
        { package: { ecosystem: 'npm', name: 'x' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] },
      ],
    });
    expect(affects(all!, '99.0.0')).toBe(true);
  });

  it('leaves withdrawn advisories and other ecosystems alone', () => {
    expect(readOsv(OSV)).toHaveLength(1);
    expect(affects(readOsv({ ...OSV, withdrawn: '2029-01-01T00:00:00Z' })[0]!, '1.0.0')).toBe(false);
  });

  it.each([null, 1, [], {}, { id: 1 }, { id: 'x', affected: 'y' }])('makes nothing of %j', (value) => {
    expect(readOsv(value)).toEqual([]);
  });

  it('refuses packages made to harm, and shows the rest', () => {
    const components = [{ name: 'left', version: '1.1.0' }];
    expect(findAdvisories(components, readOsv(OSV))).toMatchObject([
      { severity: 'warning', advice: 'Fixed in 1.2.0.', message: expect.stringContaining('GHSA-1') },
    ]);
    expect(findAdvisories(components, readOsv({ ...OSV, id: 'MAL-1' }))).toMatchObject([{ severity: 'error' }]);
  });
});

describe(makeSbom.name, () => {
  it('is the same for the same release and names every component', () => {
    const subject = { marketplaceId: '@acme/radar', version: '1.0.0', sha256: 'ab'.repeat(32) };
    const sbom = makeSbom(subject, [
      { name: '@s/b', version: '2.0.0', integrity: `sha512-${'A'.repeat(86)}==`, license: 'MIT' },
    ]);
    expect(sbom).toEqual(
      makeSbom(subject, [{ name: '@s/b', version: '2.0.0', integrity: `sha512-${'A'.repeat(86)}==`, license: 'MIT' }]),
    );
    expect(sbom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: expect.stringMatching(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      components: [
        {
          group: '@s',
          name: 'b',
          purl: 'pkg:npm/%40s/b@2.0.0',
          hashes: [{ alg: 'SHA-512', content: '00'.repeat(64) }],
          licenses: [{ license: { name: 'MIT' } }],
        },
      ],
    });
  });
});

describe(comparePackages.name, () => {
  const before: PackageFacts = {
    version: '1.0.0',
    sizeBytes: 100,
    manifest: { permissions: { net: ['a.example'], storage: true } },
    files: { 'a.js': [1, 'aa'], 'b.js': [1, 'bb'] },
    components: [{ name: 'x', version: '1.0.0' }],
  };

  it('names files, rights and dependencies that came, went or changed', () => {
    const { diff, findings } = comparePackages(before, {
      ...before,
      version: '1.1.0',
      sizeBytes: 900,
      manifest: { permissions: { net: ['a.example', 'b.example'] } },
      files: { 'a.js': [1, 'cc'], 'c.js': [1, 'cc'] },
      components: [{ name: 'x', version: '1.0.1' }],
    });
    expect(diff).toMatchObject({
      from: '1.0.0',
      files: { added: ['c.js'], removed: ['b.js'], changed: ['a.js'] },
      permissions: { added: ['net b.example'], removed: ['storage'] },
      dependencies: { added: ['x@1.0.1'], removed: ['x@1.0.0'] },
    });
    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'info']);
  });

  it('takes a manifest without permissions for one with every event', () => {
    expect(comparePackages(before, { ...before, manifest: {} }).findings).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('events *') },
    ]);
  });
});

describe(checkListing.name, () => {
  const page = { name: 'Radar', summary: 'Watches stock.', description: 'See [docs](https://acme.example/docs).' };

  it('finds nothing in a sound page', () => {
    expect(checkListing({ ...page, icon_url: 'https://acme.example/i.png' })).toEqual([]);
  });

  it.each([
    [{ icon_url: 'javascript:alert(1)' }],
    [{ screenshots: ['not an address'] }],
    [{ description: 'Go [there](/somewhere).' }],
    [{ description: 'TODO' }],
    [{ summary: 'radar' }],
  ])('finds something in %j', (changes) => {
    expect(checkListing({ ...page, ...changes })).toHaveLength(1);
  });
});

describe(looksLike.name, () => {
  it.each([
    ['paypal', 'paypa1'],
    ['modern-shop', 'modernshop'],
    ['modern', 'rnodern'],
    ['invoice', 'invoices'],
    ['invoice', 'invioce'],
    ['stripe-pay', 'str1pe-pay'],
  ])('takes %s and %s for each other', (a, b) => {
    expect([looksLike(a, b), looksLike(b, a)]).toEqual([true, true]);
  });

  it.each([
    ['invoice', 'invoice'],
    ['seo', 'sea'],
    ['invoice-designer', 'invoice-printer'],
    ['radar', 'loyalty'],
  ])('tells %s from %s', (a, b) => {
    expect(looksLike(a, b)).toBe(false);
  });
});
