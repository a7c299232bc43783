import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { workOnJobs } from '../src/bootstrap.js';
import { askBytes, askJson, asOperator, asShop, eventually, newMails, startTestHub, type TestHub } from '#test';

const GUIDE = readFileSync(fileURLToPath(new URL('../../../docs/publishing.md', import.meta.url)), 'utf8');
const CLI = fileURLToPath(new URL('../../cli/dist/src/main.js', import.meta.url));
const run = promisify(execFile);

interface Block {
  readonly language: string;
  readonly text: string;
  /** The file named last before the block. */
  readonly file: string;
}

function blocksOf(guide: string): Block[] {
  return [...guide.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map((match) => {
    const named = [...guide.slice(0, match.index).matchAll(/`((?:manifest|package|listing)\.json|index\.js)`/g)];
    return { language: match[1]!, text: match[2]!, file: named.at(-1)?.[1] ?? '' };
  });
}

describe('docs/publishing.md', () => {
  let hub: TestHub;
  let worker: { stop(): Promise<void> };
  let root: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'hansa-guide-'));
    hub = await startTestHub({ config: { dataDir: join(root, 'data') } });
    worker = await workOnJobs(hub.app, hub.ground);
    writeFileSync(join(root, 'hansa'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
    chmodSync(join(root, 'hansa'), 0o755);
  });
  afterAll(async () => {
    await worker.stop();
    await hub.close();
    rmSync(root, { recursive: true, force: true });
  });

  const env: Record<string, string> = { EMAIL: 'ada@acme.example' };
  const type = async (commands: string, cwd: string) =>
    run('sh', ['-e', '-c', commands], {
      cwd,
      env: { ...env, HUB: hub.url, PATH: `${root}${delimiter}${process.env['PATH'] ?? ''}` },
    });

  it('takes a newcomer who types what it says to a plugin that shops see', async () => {
    const blocks = blocksOf(GUIDE);
    const [account, setup, publish] = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
    const folder = join(root, 'hello');

    await type(account!, root);
    env['HANSA_PASSWORD'] = /HANSA_PASSWORD='(.*)'/.exec(account!)![1]!;
    let letter = '';
    await eventually('the letter is there', async () => (letter = newMails(hub.ground)[0]?.text ?? '') !== '', 20_000);
    env['CODE'] = /^ {2}([\w-]{27})$/m.exec(letter)![1]!;
    await type(setup!, folder);

    const files = blocks.filter(({ language }) => language !== 'sh');
    expect(files.map(({ file }) => file)).toEqual(['manifest.json', 'package.json', 'index.js', 'listing.json']);
    for (const { file, text } of files) writeFileSync(join(folder, file), text);
    const { stdout } = await type(publish!, folder);
    expect(stdout).toContain('nothing found');
    const [, id] = /@acme\/hello 1\.0\.0: in_review \(release (rel_\w+)\)/.exec(stdout)!;

    const operator = await asOperator(hub);
    await askJson(hub, 'POST', '/console/namespaces/@acme/verify', operator, {});
    const approved = await askJson(hub, 'POST', `/console/releases/${id!}/approve`, operator, {});
    expect(approved.json()).toMatchObject({ status: 'approved' });
    const shop = await asShop(hub);
    const feed = async () => (await askBytes(hub, '/store/marketplace/feed', shop)).json() as { products: object[] };
    await eventually('shops see it', async () => (await feed()).products.length === 1, 20_000);
    expect((await feed()).products).toMatchObject([{ marketplace_id: '@acme/hello', version: '1.0.0' }]);

    const again = await type(publish!.split('\n').at(-2)!, folder);
    expect(again.stdout).toContain('published');
  });
});
