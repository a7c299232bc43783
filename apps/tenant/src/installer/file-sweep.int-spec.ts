import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@hansa/platform';
import { aPlugin, useTestDatabase } from '#test';
import type { TenantConfig } from '#config';
import { PluginDataDrop, PluginFolders, PluginRelease } from '#plugins';
import { FileSweep } from './file-sweep.js';
import { InstallJob } from './install-job.entity.js';

const NOW = new Date('2030-01-01T00:00:00Z');

describe(FileSweep, () => {
  const database = useTestDatabase();
  let root: string;
  let folders: PluginFolders;
  beforeEach(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sweep-'));
    root = join(dataDir, 'plugins');
    folders = new PluginFolders({ dataDir } as TenantConfig);
    for (const name of ['incoming', 'store', 'live', 'data']) await mkdir(join(root, name), { recursive: true });
  });
  afterEach(() => rm(join(root, '..'), { recursive: true }));

  const sweep = () =>
    new FileSweep(database.dataSource, folders, createLogger({ name: 'test', level: 'silent' })).sweep();
  const put = (...path: string[]) => mkdir(join(root, ...path), { recursive: true });
  const names = async (...path: string[]) => Array.from(await readdir(join(root, ...path))).sort();
  const anOpenJob = async (facts: Partial<InstallJob>) => {
    const job = { id: 'job_1', kind: 'install', marketplaceId: '@acme/new', version: '1.0.0', paid: false };
    await database.dataSource.manager.insert(InstallJob, {
      ...job,
      step: 'verified',
      createdAt: NOW,
      ...facts,
    } as object);
  };

  it('removes what no row refers to: packages, releases, folders that are empty, links', async () => {
    await writeFile(join(root, 'incoming', 'job_0.zip'), '');
    await put('store', 'gone', '1.0.0-aaaaaaaa', 'lib');
    await put('store', 'empty');
    await symlink('../store/gone/1.0.0-aaaaaaaa', join(root, 'live', 'gone'));
    await sweep();
    for (const folder of ['incoming', 'store', 'live']) expect(await names(folder)).toEqual([]);
  });

  it('leaves what runs and what is kept, and points the link where the row does', async () => {
    await aPlugin(database.dataSource);
    const kept = { version: '0.9.0', name: 'Hello', sha256: 'b'.repeat(64), manifest: {}, ranUntil: NOW };
    await database.dataSource.manager.insert(PluginRelease, {
      pluginId: 'hello',
      releaseDir: '0.9.0-bbbbbbbb',
      ...kept,
    });
    for (const release of ['0.8.0-cccccccc', '0.9.0-bbbbbbbb', '1.0.0-aaaaaaaa']) await put('store', 'hello', release);
    await symlink('../store/hello/0.9.0-bbbbbbbb', join(root, 'live', 'hello'));
    await sweep();
    expect(await names('store', 'hello')).toEqual(['0.9.0-bbbbbbbb', '1.0.0-aaaaaaaa']);
    expect(await folders.liveRelease('hello')).toBe('1.0.0-aaaaaaaa');
  });

  it('leaves what a job is at work on, though nothing is in it yet', async () => {
    await anOpenJob({ pluginId: 'new', releaseDir: '1.0.0-dddddddd' });
    for (const name of ['job_1.zip', 'job_1.zip.part']) await writeFile(join(root, 'incoming', name), '');
    await put('store', 'new');
    await sweep();
    expect([await names('incoming'), await names('store')]).toEqual([['job_1.zip', 'job_1.zip.part'], ['new']]);
    await put('store', 'new', '1.0.0-dddddddd.staging');
    await put('store', 'new', '1.0.0-eeeeeeee');
    await sweep();
    expect(await names('store', 'new')).toEqual(['1.0.0-dddddddd.staging']);
  });

  it('drops the data of plugins that were removed with it, once', async () => {
    await put('data', 'gone');
    await put('data', 'stays');
    await database.dataSource.manager.insert(PluginDataDrop, { pluginId: 'gone', askedAt: NOW });
    await sweep();
    expect(await names('data')).toEqual(['stays']);
    expect(await database.dataSource.manager.count(PluginDataDrop)).toBe(0);
  });
});
