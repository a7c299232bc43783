import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { AuditEntry } from '#audit';
import { fixedClock } from '#test';
import { SyncSourceJob } from '../src/composer/sync-source.job.js';
import {
  aPackageToken,
  anOperator,
  aPublisher,
  phpPackage,
  startComposerHub,
  type ComposerHub,
} from './support/composer.js';
import { GitRepository } from './support/git-repository.js';
import { describeWith } from '@hansa/testing';

interface Version {
  version: string;
  version_normalized: string;
  time: string;
  'default-branch'?: boolean;
  dist: { url: string; reference: string; shasum: string };
}

interface SourceView {
  id: string;
  last_synced_at: string | null;
  last_error: string | null;
  problems: { ref: string; problem: string; moved_to: string | null }[];
}

describeWith('git', 'a Git source', () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  let hub: ComposerHub;
  let operator: string;
  let publisher: { id: string; token: string };
  let token: string;
  let repository: GitRepository;
  beforeEach(async () => {
    clock.set('2030-01-01T00:00:00Z');
    hub = await startComposerHub({ clock });
    operator = await anOperator(hub);
    publisher = await aPublisher(hub, 'acme');
    ({ token } = await aPackageToken(hub, ['acme/']));
    repository = new GitRepository();
  });
  afterEach(async () => {
    repository.remove();
    await hub.close();
  });

  /** composer.json without a version, as repositories have it. */
  const files = (version: string, rest = {}) => phpPackage('acme/seo-suite', version, { version: undefined, ...rest });
  const add = (body: object = {}) =>
    hub.call<{ id: string; webhook_secret: string; code?: string }>('POST', '/console/composer-sources', {
      token: operator,
      body: { publisher_id: publisher.id, url: repository.path, prefixes: ['acme/'], ...body },
    });
  const sync = async (id: string): Promise<SourceView> => {
    await hub.app.get(SyncSourceJob).sync({ sourceId: id });
    return (await hub.call<SourceView>('GET', `/console/composer-sources/${id}`, { token: operator })).body;
  };
  const aSyncedSource = async (body: object = {}) => {
    const { body: made } = await add(body);
    return sync(made.id);
  };
  /** What a client makes of the minified list. */
  const versions = async (dev = false): Promise<Version[]> => {
    const { status, body } = await hub.call<{ packages: Record<string, object[]> }>(
      'GET',
      `/p2/acme/seo-suite${dev ? '~dev' : ''}.json`,
      { token },
    );
    if (status !== 200) return [];
    let current = {};
    return body.packages['acme/seo-suite']!.map((difference) => (current = { ...current, ...difference })) as Version[];
  };
  const bytesOf = async ({ dist }: Version) =>
    Buffer.from(await (await fetch(dist.url, { headers: { authorization: `Bearer ${token}` } })).arrayBuffer());

  it('turns tags into versions and branches into development versions', async () => {
    const first = repository.write(files('1.0.0')).commit('v1.0.0');
    repository.write(files('1.1.0')).commit();
    repository.git('tag', '--annotate', '--message', 'x', '1.1.0-RC1');
    repository.git('tag', 'no-version');
    repository.git('branch', '2.x');
    const source = await aSyncedSource();
    expect(source).toMatchObject({ last_error: null, problems: [], last_synced_at: '2030-01-01T00:00:00.000Z' });
    const tags = await versions();
    expect(tags.map(({ version, version_normalized }) => [version, version_normalized])).toEqual([
      ['1.1.0-RC1', '1.1.0.0-RC1'],
      ['v1.0.0', '1.0.0.0'],
    ]);
    expect(tags[1]).toMatchObject({ time: '2029-01-02T00:00:00+00:00', dist: { reference: first } });
    expect((await versions(true)).map((each) => [each.version, each['default-branch']])).toEqual([
      ['2.x-dev', undefined],
      ['dev-main', true],
    ]);
  });

  it('makes the same zip of the same commit, on any hub', async () => {
    repository
      .write({ ...files('1.0.0'), '.gitattributes': 'tests export-ignore\n', 'tests/a.php': 'x' })
      .commit('1.0.0');
    await aSyncedSource();
    const zip = await bytesOf((await versions())[0]!);
    expect(zip.includes('tests/a.php')).toBe(false);
    const other = await startComposerHub({ clock });
    try {
      const theirs = await aPublisher(other, 'acme');
      const { body } = await other.call<{ id: string }>('POST', '/console/composer-sources', {
        token: await anOperator(other),
        body: { publisher_id: theirs.id, url: repository.path, prefixes: ['acme/'] },
      });
      await other.app.get(SyncSourceJob).sync({ sourceId: body.id });
      const rows: { sha1: string }[] = await other.database.dataSource.query(
        'SELECT sha1 FROM composer_versions WHERE NOT is_dev',
      );
      expect(rows).toEqual([{ sha1: (await versions())[0]!.dist.shasum }]);
    } finally {
      await other.close();
    }
  });

  it('shows an operator that a tag moved, and never changes the version', async () => {
    repository.write(files('1.0.0')).commit('v1.0.0');
    const { id } = await aSyncedSource();
    const before = await versions();
    const zip = await bytesOf(before[0]!);
    const moved = repository.write({ 'evil.php': '<?php' }).commit();
    repository.git('tag', '--force', 'v1.0.0');
    const { problems } = await sync(id);
    expect(problems).toMatchObject([{ ref: 'refs/tags/v1.0.0', problem: 'TAG_MOVED', moved_to: moved }]);
    expect(await versions()).toEqual(before);
    expect(await bytesOf(before[0]!)).toEqual(zip);
    expect((await sync(id)).problems).toHaveLength(1);
    repository.git('tag', '--force', 'v1.0.0', 'HEAD~1');
    expect((await sync(id)).problems).toEqual([]);
  });

  it('follows a branch, keeps the zips of lock files, and forgets a branch that is gone', async () => {
    repository.write(files('1')).commit();
    repository.git('branch', 'feature/x');
    const { id } = await aSyncedSource();
    const [before] = (await versions(true)).filter(({ version }) => version === 'dev-main');
    const head = repository.write(files('2')).commit();
    repository.git('branch', '-D', 'feature/x');
    await sync(id);
    const after = await versions(true);
    expect(after.map(({ version, dist }) => [version, dist.reference])).toEqual([['dev-main', head]]);
    expect((await bytesOf(before!)).length).toBeGreaterThan(100);
  });

  it('does nothing when nothing changed, and takes only what is new', async () => {
    repository.write(files('1.0.0')).commit('1.0.0');
    const { id } = await aSyncedSource({ branches: false });
    const count = async () =>
      (await hub.database.dataSource.query<{ n: number }[]>('SELECT count(*)::int AS n FROM composer_versions'))[0]!.n;
    await sync(id);
    expect(await count()).toBe(1);
    repository.write(files('1.0.1')).commit('1.0.1');
    await sync(id);
    expect(await count()).toBe(2);
  });

  it('passes over packages outside its prefixes, and refuses those of a vendor it has not', async () => {
    repository.write({ 'composer.json': '{"name":"acme/other"}' }).commit('1.0.0');
    expect((await aSyncedSource({ prefixes: ['acme/seo'] })).problems).toEqual([]);
    expect(await hub.database.dataSource.query('SELECT 1 FROM composer_versions')).toEqual([]);
    expect((await add({ prefixes: ['other/'] })).body.code).toBe('PREFIX_NOT_OWNED');
  });

  it('tells why a tag became no version, and goes on with the others', async () => {
    repository.write({ 'composer.json': '{' }).commit('0.1.0');
    repository.write({ 'composer.json': '{"name":"acme/seo-suite","version":"9.9"}' }).commit('0.2.0');
    repository.write(files('1')).link('passwd', '/etc/passwd').commit('0.3.0');
    repository.git('rm', '--quiet', 'passwd');
    const commit = repository.commit();
    repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},module`);
    repository.git('commit', '--quiet', '--message', 'submodule');
    repository.git('tag', '0.4.0');
    repository.git('rm', '--quiet', '--cached', 'module');
    repository.git('rm', '--quiet', 'composer.json');
    repository.commit('0.5.0');
    repository.write({ ...files('1'), 'a.php': '1', 'A.php': '2' }).commit('0.6.0');
    repository.git('rm', '--quiet', 'A.php');
    repository.commit('1.0.0');
    const { problems } = await aSyncedSource({ branches: false });
    expect(problems.map(({ ref, problem }) => [ref.slice(10), problem])).toEqual([
      ['0.1.0', 'NOT_JSON'],
      ['0.2.0', 'VERSION_MISMATCH'],
      ['0.3.0', 'SYMLINK'],
      ['0.4.0', 'SUBMODULE'],
      ['0.5.0', 'COMPOSER_JSON_MISSING'],
      ['0.6.0', 'ARCHIVE_CASE_COLLISION'],
    ]);
    expect((await versions()).map(({ version }) => version)).toEqual(['1.0.0']);
  });

  it('takes a commit from the end of time as of today, and goes on', async () => {
    repository.write(files('1')).commit('1.0.0');
    const [tree, parent] = [repository.git('rev-parse', 'HEAD^{tree}'), repository.git('rev-parse', 'HEAD')];
    const who = `A <a@example.com> 99999999999999 +0000`;
    const text = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n\nlater\n`;
    repository.git('tag', '1.1.0', repository.feed(text, 'hash-object', '-t', 'commit', '-w', '--stdin'));
    const { problems, last_error: error } = await aSyncedSource({ branches: false });
    expect([problems, error]).toEqual([[], null]);
    expect((await versions()).map(({ version, time }) => [version, time])).toEqual([
      ['1.1.0', '2030-01-01T00:00:00+00:00'],
      ['1.0.0', '2029-01-02T00:00:00+00:00'],
    ]);
  });

  it('passes over files that are too large without reading them, and goes on', async () => {
    repository.write({ ...files('1'), 'huge.bin': '0'.repeat(20 * 1024 * 1024 + 1) }).commit('1.0.0');
    repository.write({ 'huge.bin': '', 'composer.json': `{"name":"acme/seo-suite","x":"${'x'.repeat(300_000)}"}` });
    repository.commit('1.0.1');
    repository.write(files('1')).commit('1.1.0');
    const { problems } = await aSyncedSource({ branches: false });
    expect(problems.map(({ ref, problem }) => [ref, problem])).toEqual([
      ['refs/tags/1.0.0', 'FILE_TOO_LARGE'],
      ['refs/tags/1.0.1', 'COMPOSER_JSON_TOO_LARGE'],
    ]);
    expect((await versions()).map(({ version }) => version)).toEqual(['1.1.0']);
  });

  it('is not stopped by a tree of ten million files that takes a few bytes', async () => {
    repository.write(files('1')).commit('1.0.0');
    let [kind, name] = ['100644 blob', repository.git('rev-parse', 'HEAD:composer.json')];
    for (let depth = 0; depth < 7; depth += 1) {
      const entries = Array.from({ length: 10 }, (_, index) => `${kind} ${name}\t${index}\n`);
      [kind, name] = ['040000 tree', repository.feed(entries.join(''), 'mktree')];
    }
    repository.git('tag', '1.0.1', repository.git('commit-tree', '-m', 'bomb', name));
    repository.write(files('2')).commit('1.1.0');
    const { problems } = await aSyncedSource({ branches: false });
    expect(problems.map(({ ref, problem }) => [ref, problem])).toEqual([['refs/tags/1.0.1', 'GIT_OUTPUT_TOO_LARGE']]);
    expect((await versions()).map(({ version }) => version)).toEqual(['1.1.0', '1.0.0']);
  });

  it('looks again, once the vendor name is its own, at what it refused before', async () => {
    repository.write(files('1')).commit('1.0.0');
    const { body: made } = await add({ branches: false });
    const { dataSource } = hub.database;
    await dataSource.query(`UPDATE publisher_namespaces SET namespace = '@lost' WHERE namespace = '@acme'`);
    expect((await sync(made.id)).problems).toMatchObject([{ problem: 'VENDOR_NOT_OWNED' }]);
    expect(await versions()).toEqual([]);
    await dataSource.query(`UPDATE publisher_namespaces SET namespace = '@acme' WHERE namespace = '@lost'`);
    expect((await sync(made.id)).problems).toEqual([]);
    expect(await versions()).toHaveLength(1);
  });

  it('keeps the words of a file as they are, whatever it asks Git to put into it', async () => {
    const words = { '.gitattributes': '*.txt export-subst\n', 'who.txt': '$Format:%D %H$' };
    repository.write({ ...files('1'), ...words }).commit('1.0.0');
    await aSyncedSource();
    const zip = await bytesOf((await versions())[0]!);
    expect(Buffer.from(unzipSync(zip)['who.txt']!).toString()).toBe('$Format:%D %H$');
  });

  it('is not led astray by names that look like options', async () => {
    const commit = repository.write(files('1')).commit('1.0.0');
    for (const ref of ['refs/tags/--upload-pack=touch-x', 'refs/tags/-1.0', 'refs/heads/--exec=x']) {
      repository.git('update-ref', ref, commit);
    }
    const { last_error: error } = await aSyncedSource();
    expect(error).toBeNull();
    expect((await versions()).map(({ version }) => version)).toEqual(['1.0.0']);
  });

  it('never runs hooks or filters of a repository', async () => {
    repository.write({ ...files('1'), '.gitattributes': '* filter=evil\n' }).commit('1.0.0');
    repository.git('config', 'filter.evil.smudge', `touch ${repository.path}/pwned`);
    repository.write({ '.git/hooks/post-checkout': `#!/bin/sh\ntouch ${repository.path}/pwned\n` });
    await aSyncedSource();
    expect((await versions()).map(({ version }) => version)).toEqual(['1.0.0']);
    expect(existsSync(`${repository.path}/pwned`)).toBe(false);
  });

  it('says what went wrong with the repository itself', async () => {
    const { body } = await add({ url: '/nonexistent/repository.git' });
    expect(await sync(body.id)).toMatchObject({
      last_synced_at: null,
      last_error: expect.stringMatching(/^GIT_FAILED/),
    });
    const hidden = await startComposerHub({
      on: hub,
      config: { instances: { acceptPlainId: true, allowPrivate: false } },
    });
    try {
      const { body: made } = await add({ url: 'https://127.0.0.1:1/x.git', credential: 'user:hunter2' });
      await hidden.app.get(SyncSourceJob).sync({ sourceId: made.id });
      const { body: shown } = await hub.call('GET', `/console/composer-sources/${made.id}`, { token: operator });
      expect(shown['last_error']).toMatch(/^ADDRESS_PRIVATE/);
      expect(JSON.stringify(shown)).not.toContain('hunter2');
    } finally {
      await hidden.close();
    }
  });

  it.each([
    'ext::sh -c x',
    '--upload-pack=x',
    'http://x.example/y',
    'https://u:p@x.example/y',
    'ssh://x.example/y',
    'x',
  ])('does not follow %s', async (url) => {
    const { status, body } = await add({ url });
    expect([status, body.code]).toEqual([400, 'SOURCE_URL_REFUSED']);
  });

  it('is synced when it is added, when asked, when its time has come and when somebody pushed', async () => {
    repository.write(files('1')).commit('1.0.0');
    const { body: made } = await add({ interval_minutes: 10 });
    const queued = async () => (await hub.database.takeJobs()).map(({ name, payload }) => [name, payload['sourceId']]);
    const job = ['sync-composer-source', made.id];
    expect(await queued()).toEqual([job]);
    await sync(made.id);

    const path = `/console/composer-sources/${made.id}`;
    expect((await hub.call('POST', `${path}/sync`, { token: operator })).status).toBe(202);
    expect(await queued()).toEqual([job]);
    expect(
      await hub.database.dataSource.manager.countBy(AuditEntry, { action: 'composer_source.synced', subject: made.id }),
    ).toBe(1);

    await hub.app.get(SyncSourceJob).syncDue();
    expect(await queued()).toEqual([]);
    clock.advance(600);
    await hub.app.get(SyncSourceJob).syncDue();
    expect(await queued()).toEqual([job]);

    const body = '{"ref":"refs/tags/1.0.1"}';
    const push = (headers: Record<string, string>, id = made.id) =>
      hub.call('POST', `/webhooks/composer-sources/${id}`, {
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
    const signature = (secret: string, bytes = body) =>
      `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
    expect((await push({ 'x-hub-signature-256': signature(made.webhook_secret) })).status).toBe(202);
    expect((await push({ 'x-gitlab-token': made.webhook_secret })).status).toBe(202);
    expect(await queued()).toEqual([job]); // one waits at a time
    const forgeries: Record<string, string>[] = [
      {},
      { 'x-hub-signature-256': signature('guess') },
      { 'x-hub-signature-256': signature(made.webhook_secret, '{}') },
      { 'x-gitlab-token': 'guess' },
    ];
    for (const forged of forgeries) expect((await push(forged)).status).toBe(401);
    expect((await push({ 'x-gitlab-token': made.webhook_secret }, 'src_unknown')).status).toBe(401);
    expect(await queued()).toEqual([]);

    expect((await hub.call('DELETE', path, { token: operator })).status).toBe(204);
    expect((await push({ 'x-gitlab-token': made.webhook_secret })).status).toBe(401);
    expect(await versions()).toHaveLength(1);
  });

  it('is synced by one process at a time', async () => {
    repository.write(files('1')).commit('1.0.0');
    const { body: made } = await add();
    await hub.database.takeJobs();
    await hub.database.dataSource.query(`UPDATE composer_sources SET syncing_until = '2030-01-01T00:10:00Z'`);
    await hub.app.get(SyncSourceJob).sync({ sourceId: made.id });
    expect(await versions()).toEqual([]);
    expect(await hub.database.takeJobs()).toMatchObject([{ name: 'sync-composer-source', key: `sync:${made.id}` }]);
    clock.advance(600); // the other one died
    await sync(made.id);
    expect(await versions()).toHaveLength(1);
  });
});
