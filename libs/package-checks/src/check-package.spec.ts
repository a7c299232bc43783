import 'reflect-metadata';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packDirectory, readArchive } from '@hansa/archive';
import { checkManifest, digestFiles, listComponents, openPackage, staticScan, type OpenPackage } from './index.js';

const MANIFEST = {
  id: 'radar',
  marketplace_id: '@acme/radar',
  name: 'Radar',
  version: '1.2.3',
  type: 'marketing',
  carphacom_min_version: '1.0.0',
  description: 'Watches.',
  author: 'Acme',
  author_url: 'https://acme.example',
  price_eur: 0,
};

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hansa-checks-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function zipOf(files: Readonly<Record<string, unknown>>): Promise<string> {
  const all: Record<string, unknown> = {
    'manifest.json': MANIFEST,
    'package.json': { name: 'radar', version: '1.2.3', type: 'module' },
    'index.js': 'export function register() {}\n',
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content === null) continue;
    await mkdir(dirname(join(root, 'in', name)), { recursive: true });
    await writeFile(join(root, 'in', name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  await packDirectory(join(root, 'in'), join(root, 'out.zip'), { ignore: [] });
  return join(root, 'out.zip');
}

async function opened(files: Readonly<Record<string, unknown>> = {}): Promise<OpenPackage> {
  const verdict = await openPackage(await zipOf(files));
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.findings));
  return verdict.opened;
}

describe('opening a package', () => {
  it('names every field of the manifest that is wrong', async () => {
    const verdict = await openPackage(await zipOf({ 'manifest.json': { ...MANIFEST, id: 'No', version: '1' } }));
    expect(verdict).toMatchObject({ ok: false, findings: [{ severity: 'error' }, { severity: 'error' }] });
  });

  it('says that there is no manifest', async () => {
    expect(await openPackage(await zipOf({ 'manifest.json': null }))).toMatchObject({
      ok: false,
      findings: [{ check: 'manifest', file: 'manifest.json' }],
    });
  });

  it('says that a file is no archive', async () => {
    await writeFile(join(root, 'x.zip'), 'no zip');
    const verdict = await openPackage(join(root, 'x.zip'));
    expect(verdict).toMatchObject({
      ok: false,
      findings: [{ check: 'archive', message: expect.stringContaining('NOT_AN_ARCHIVE') }],
    });
  });
});

describe(checkManifest.name, () => {
  it('finds nothing in a plain package', async () => {
    expect(checkManifest(await opened())).toEqual([]);
  });

  it('refuses an entry that is not there, and two versions', async () => {
    const wrong = await opened({
      'manifest.json': { ...MANIFEST, entry: './lib/main.js' },
      'package.json': { version: '9.9.9' },
    });
    expect(checkManifest(wrong).map(({ severity }) => severity)).toEqual(['error', 'error']);
  });

  it('asks about a right to whole top-level domains', async () => {
    const wide = await opened({ 'manifest.json': { ...MANIFEST, permissions: { net: ['*.com', '*.acme.example'] } } });
    expect(checkManifest(wide)).toMatchObject([{ severity: 'warning', message: expect.stringContaining('com') }]);
  });
});

describe(staticScan.name, () => {
  it('says file and line of what it finds, and what to do', async () => {
    const code = 'const a = 1;\n\neval(a);\nimport("node:child_process");\n';
    const findings = await staticScan(await opened({ 'lib/a.js': code, 'b.js': 'const _0x1a2b3c = 1;' }));
    expect(findings).toMatchObject([
      { file: 'b.js', line: 1, message: 'cannot be read by people' },
      { file: 'lib/a.js', line: 3, message: 'runs text as code', advice: expect.any(String) },
      { file: 'lib/a.js', line: 4, message: 'starts other programs' },
    ]);
  });

  it.each([
    ['keys.txt', '-----BEGIN PRIVATE KEY-----'],
    ['config.json', `{"aws":"AKIA${'A'.repeat(16)}"}`],
    ['.env', `TOKEN=ghp_${'a'.repeat(36)}`],
    ['key.json', '{"kty":"OKP","d":"secret"}'],
    ['index.js', `const key = 'sk_live_${'a'.repeat(20)}';`],
  ])('refuses a secret in %s', async (file, text) => {
    const findings = await staticScan(await opened({ [file]: text }));
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'error', file }));
  });

  it('only shows a secret in what others wrote', async () => {
    const findings = await staticScan(await opened({ 'node_modules/x/test/key.json': '{"kty":"OKP","d":"s"}' }));
    expect(findings).toMatchObject([{ severity: 'warning' }]);
  });

  it('finds no secret in a public key or in code that names members', async () => {
    expect(await staticScan(await opened({ 'key.json': '{"kty":"OKP","x":"AAAA"}' }))).toEqual([]);
  });

  it('shows install scripts and addons', async () => {
    const findings = await staticScan(
      await opened({ 'package.json': { version: '1.2.3', scripts: { postinstall: 'x' } }, 'a.node': 'x' }),
    );
    expect(findings.map(({ file }) => file)).toEqual(['package.json', 'a.node']);
  });
});

describe(listComponents.name, () => {
  const lock = {
    packages: {
      '': { version: '1.2.3' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-AAAA' },
      'node_modules/a/node_modules/@s/b': { version: '2.0.0' },
      'node_modules/dev': { version: '3.0.0', dev: true },
    },
  };

  it('reads the lock file, without what is only for development', async () => {
    const list = await listComponents(await opened({ 'package-lock.json': lock }));
    expect(list).toMatchObject({
      source: 'lock',
      components: [
        { name: '@s/b', version: '2.0.0' },
        { name: 'a', version: '1.0.0', integrity: 'sha512-AAAA' },
      ],
    });
  });

  it('believes what lies in node_modules before what the lock file says', async () => {
    const list = await listComponents(
      await opened({ 'package-lock.json': lock, 'node_modules/a/package.json': { name: 'a', version: '6.6.6' } }),
    );
    expect(list).toEqual({ source: 'node_modules', components: [{ name: 'a', version: '6.6.6' }] });
  });

  it('lists nothing of a package that brings nothing', async () => {
    expect(await listComponents(await opened())).toEqual({ source: 'none', components: [] });
  });
});

describe(digestFiles.name, () => {
  it('digests every file', async () => {
    const digests = await digestFiles(await readArchive(await zipOf({})));
    expect(Object.keys(digests).sort()).toEqual(['index.js', 'manifest.json', 'package.json']);
    expect(digests['index.js']).toEqual([30, expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });
});
