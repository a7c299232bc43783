import { appendFileSync, chmodSync, existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readArchive } from '@hansa/archive';
import { hansa, MANIFEST, useWorkspace } from './command-line.js';

const work = useWorkspace();
const key = () => work.path('key.json');
const zip = () => work.path('radar', 'out', 'radar-1.2.3.zip');
const verify = (...more: string[]) =>
  hansa(['verify', zip(), '--public-key', work.path('key.pub.json'), '--json', ...more]);

async function signedZip(files?: Record<string, unknown>): Promise<void> {
  await hansa(['keygen', '--out', key()]);
  await hansa(['pack', work.plugin(files)]);
  expect(await hansa(['sign', zip(), '--key', key()])).toMatchObject({ code: 0 });
}

describe('hansa keygen', () => {
  it('writes a private key only its owner can read, and its public half beside it', async () => {
    const { code, out } = await hansa(['keygen', '--out', key()]);
    expect(code).toBe(0);
    expect(statSync(key()).mode & 0o777).toBe(0o600);
    const { d, ...publicHalf } = JSON.parse(readFileSync(key(), 'utf8'));
    expect(d).toEqual(expect.any(String));
    expect(JSON.parse(readFileSync(work.path('key.pub.json'), 'utf8'))).toEqual(publicHalf);
    expect(out).toContain(`thumbprint   ${publicHalf.kid}`);
    expect(out).not.toContain(d);
  });

  it.each([['key.json'], ['key.pub.json']])('never replaces %s, and leaves no half of a pair', async (existing) => {
    writeFileSync(work.path(existing), 'precious');
    expect(await hansa(['keygen', '--out', key()])).toMatchObject({
      code: 1,
      err: expect.stringContaining('FILE_EXISTS'),
    });
    expect(readFileSync(work.path(existing), 'utf8')).toBe('precious');
    expect(existsSync(work.path(existing === 'key.json' ? 'key.pub.json' : 'key.json'))).toBe(false);
  });

  it('says why a file cannot be written', async () => {
    const outcome = await hansa(['keygen', '--out', work.path('no', 'folder', 'key.json'), '--json']);
    expect(outcome.json).toMatchObject({ error: { code: 'FILE_UNWRITABLE' } });
  });
});

describe('hansa pack', () => {
  it('makes the same bytes of the same content, whenever it was written', async () => {
    const dir = work.plugin({ 'lib/a.js': 'a', 'lib/b.js': 'b' });
    const first = await hansa(['pack', dir, '--json']);
    utimesSync(work.path('radar', 'lib', 'a.js'), 1_000_000, 1_000_000);
    chmodSync(work.path('radar', 'index.js'), 0o600);
    const second = await hansa(['pack', dir, '--out', work.path('elsewhere'), '--json']);
    expect(first.code).toBe(0);
    expect(second.json['sha256']).toBe(first.json['sha256']);
    expect(readFileSync(work.path('elsewhere', 'radar-1.2.3.zip'))).toEqual(readFileSync(zip()));
  });

  it('leaves out the product page, secrets, tools and its own results', async () => {
    const noise = {
      'listing.json': {},
      '.env': 'S=1',
      '.npmrc': 'x',
      '.git/HEAD': 'x',
      'node_modules/a/index.js': 'x',
    };
    const dir = work.plugin({ ...noise, 'lib/a.js': 'a' });
    await hansa(['pack', dir]);
    await hansa(['pack', dir]);
    const { entries } = await readArchive(zip());
    expect(entries.map(({ path }) => path)).toEqual(['index.js', 'lib/a.js', 'manifest.json', 'package.json']);
  });

  it('packs the modules of a plugin that has dependencies', async () => {
    const dependent = { version: '1.2.3', dependencies: { a: '1.0.0' } };
    await hansa(['pack', work.plugin({ 'package.json': dependent, 'node_modules/a/index.js': 'x' })]);
    const { entries } = await readArchive(zip());
    expect(entries.map(({ path }) => path)).toContain('node_modules/a/index.js');
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['another version in package.json', 'VERSION_MISMATCH', { 'package.json': { version: '1.2.4' } }],
    ['no version in package.json', 'VERSION_MISMATCH', { 'package.json': {} }],
    ['an invalid manifest', 'MANIFEST_INVALID', { 'manifest.json': { ...MANIFEST, id: 'Not An Id', type: 'x' } }],
    ['a manifest that is no JSON', 'JSON_INVALID', { 'manifest.json': '{' }],
    ['no manifest', 'FILE_UNREADABLE', { 'manifest.json': undefined }],
    ['no entry module', 'ENTRY_MISSING', { 'index.js': undefined }],
    [
      'a signing key inside',
      'PRIVATE_KEY_INSIDE',
      { 'keys/mine.json': { kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' } },
    ],
  ])('refuses %s with %s and leaves no zip', async (_what, code, files) => {
    const outcome = await hansa(['pack', work.plugin(files), '--json']);
    expect(outcome.json).toMatchObject({ error: { code } });
    expect(outcome.code).toBeGreaterThan(0);
    expect(existsSync(zip())).toBe(false);
  });

  it('names every field of a manifest that is wrong', async () => {
    const { err } = await hansa([
      'pack',
      work.plugin({ 'manifest.json': { ...MANIFEST, id: 'Not An Id', type: 'x' } }),
    ]);
    expect(err).toMatch(/^hansa: MANIFEST_INVALID: .*\n {2}id: .*\n {2}type: /);
  });
});

describe('hansa sign and verify', () => {
  it('go round, every step with its number', async () => {
    await signedZip();
    const { code, out } = await hansa(['verify', zip(), '--public-key', work.path('key.pub.json')]);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.slice(0, 4))).toEqual(['1. o', '2. o', '3. o', '4. o', '5. o', '']);
  });

  it('refuse a zip that was changed after it was signed', async () => {
    await signedZip();
    const sig = readFileSync(`${zip()}.sig`);
    work.plugin({ 'index.js': 'export function register() { /* other */ }' });
    await hansa(['pack', work.path('radar')]);
    writeFileSync(`${zip()}.sig`, sig);
    const outcome = await verify();
    expect(outcome.code).toBe(1);
    expect(outcome.json).toMatchObject({
      valid: false,
      steps: expect.arrayContaining([expect.objectContaining({ step: 5, ok: false, code: 'STATEMENT_MISMATCH' })]),
    });
  });

  it('refuse bytes behind the zip at the first step, and go no further', async () => {
    await signedZip();
    appendFileSync(zip(), 'more');
    expect((await verify()).json).toMatchObject({
      valid: false,
      steps: [{ step: 1, ok: false, code: 'TRAILING_DATA' }],
    });
  });

  it('refuse a file whose bytes do not match its checksum', async () => {
    await signedZip({ 'index.js': 'a'.repeat(10) });
    const bytes = readFileSync(zip());
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40); // inside the first entry's data
    writeFileSync(zip(), bytes);
    const { json } = await verify();
    expect(json).toMatchObject({ valid: false });
    expect((json['steps'] as { step: number; ok: boolean }[]).at(-1)).toMatchObject({ step: 2, ok: false });
  });

  it('refuse the key of somebody else', async () => {
    await signedZip();
    await hansa(['keygen', '--out', work.path('other.json')]);
    const outcome = await hansa(['verify', zip(), '--public-key', work.path('other.pub.json'), '--json']);
    expect(outcome.json).toMatchObject({ valid: false });
    expect((outcome.json['steps'] as unknown[]).at(-1)).toMatchObject({ step: 5, code: 'KEY_UNKNOWN' });
  });

  it('refuse a private key where the public one belongs', async () => {
    await signedZip();
    const outcome = await hansa(['verify', zip(), '--public-key', key(), '--json']);
    expect((outcome.json['steps'] as unknown[]).at(-1)).toMatchObject({ step: 4, code: 'KEY_PRIVATE' });
  });

  it('refuse a signature that is none, and one that is not there', async () => {
    await signedZip();
    writeFileSync(`${zip()}.sig`, 'no signature');
    expect((await verify()).json).toMatchObject({ valid: false });
    expect(await verify('--sig', work.path('none.sig'))).toMatchObject({
      code: 2,
      json: { error: { code: 'FILE_UNREADABLE' } },
    });
  });

  it('sign no zip that would not be taken', async () => {
    await signedZip();
    appendFileSync(zip(), 'x');
    expect(await hansa(['sign', zip(), '--key', key(), '--json'])).toMatchObject({
      code: 1,
      json: { error: { code: 'TRAILING_DATA' } },
    });
  });

  it('warn of a private key others can read', async () => {
    await signedZip();
    chmodSync(key(), 0o644);
    expect((await hansa(['sign', zip(), '--key', key()])).err).toContain('chmod 600');
  });
});

describe('hansa', () => {
  it.each([[[]], [['frobnicate']], [['sign', 'x.zip']], [['pack', '--frobnicate']], [['pack', 'a', 'b']]])(
    'answers wrong usage %j with exit code 2',
    async (args) => {
      expect((await hansa(args)).code).toBe(2);
    },
  );

  it.each([['keygen'], ['pack'], ['sign'], ['verify'], ['publish']])(
    '%s --help teaches with examples',
    async (command) => {
      const { code, out } = await hansa([command, '--help']);
      expect(code).toBe(0);
      expect(out).toContain(`$ hansa ${command}`);
    },
  );

  it.each([
    [['pack', '/none']],
    [['sign', '/none.zip', '--key', '/none.json']],
    [['verify', '/none.zip', '--public-key', '/none.json']],
    [['publish', '/none.zip', '--hub', 'http://127.0.0.1:9']],
  ])('says of a file that is not there so, with exit code 2: %j', async (args) => {
    expect(await hansa(args)).toMatchObject({ code: 2, err: expect.stringContaining('FILE_UNREADABLE') });
  });

  it('explains its exit codes', async () => {
    expect((await hansa(['--help'])).out).toContain('Exit codes: 0 done; 1 refused');
  });
});
