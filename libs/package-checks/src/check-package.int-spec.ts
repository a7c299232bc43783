import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packDirectory } from '@hansa/archive';
import { checkPackage, severityOf } from './index.js';

const EXAMPLES = fileURLToPath(new URL('../../../examples/plugins', import.meta.url));

describe('a package in the host that shops use', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'hansa-checks-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function check(entry: string) {
    await mkdir(join(root, 'in'));
    const manifest = {
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
      permissions: {},
    };
    await writeFile(join(root, 'in/manifest.json'), JSON.stringify(manifest));
    await writeFile(join(root, 'in/package.json'), '{"name":"radar","version":"1.2.3","type":"module"}');
    await writeFile(join(root, 'in/index.js'), entry);
    await packDirectory(join(root, 'in'), join(root, 'out.zip'));
    return checkPackage(join(root, 'out.zip'));
  }

  it('passes when it installs, is healthy and goes', async () => {
    const hooks = 'export const install = () => {}; export const uninstall = () => {};';
    expect(await check(`export function register() {}\n${hooks}\n`)).toEqual([]);
  });

  it.each([
    ['start', 'export function register() { throw new Error("no"); }'],
    ['install', 'export function register() {}\nexport function install() { throw new Error("no"); }'],
    ['uninstall', 'export function register() {}\nexport function uninstall() { throw new Error("no"); }'],
  ])('is refused when it fails at %s', async (step, entry) => {
    expect(await check(entry)).toMatchObject([
      { check: 'sandbox', severity: 'error', message: expect.stringContaining(`${step}: PLUGIN_`) },
    ]);
  });

  it('asks for a person when the plugin says that it is not well', async () => {
    const entry = 'export function register() {}\nexport const health = () => ({ ok: false });';
    expect(await check(entry)).toMatchObject([{ check: 'sandbox', severity: 'warning' }]);
  });

  it.each(['restock-radar', 'invoice-designer'])('the example %s passes', async (name) => {
    await packDirectory(join(EXAMPLES, name), join(root, 'out.zip'), {
      ignore: ['node_modules', 'test', 'listing.json'],
    });
    expect(severityOf(await checkPackage(join(root, 'out.zip')))).not.toBe('error');
  });
});
