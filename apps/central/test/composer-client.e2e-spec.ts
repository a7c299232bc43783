import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixedClock } from '#test';
import { SyncSourceJob } from '../src/composer/sync-source.job.js';
import { normalizeVersion } from '../src/composer/composer-version.js';
import { ComposerProject } from './support/composer-client.js';
import {
  aPackageToken,
  anOperator,
  aPublisher,
  phpPackage,
  publishVersion,
  startComposerHub,
  type ComposerHub,
} from './support/composer.js';
import { GitRepository } from './support/git-repository.js';
import { describeWith } from '@hansa/testing';

const NOW = Date.parse('2030-01-01T00:00:00Z') / 1_000;
const VERSION = 'echo Acme\\SeoSuite\\Extension::VERSION;';

describeWith('composer', 'the real composer', () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  const projects: ComposerProject[] = [];
  let hub: ComposerHub;
  let acme: { id: string; token: string };
  beforeEach(async () => {
    clock.set('2030-01-01T00:00:00Z');
    hub = await startComposerHub({ clock });
    acme = await aPublisher(hub, 'acme');
    await publishVersion(hub, acme.token, 'acme/seo-suite', '1.0.0');
    await publishVersion(hub, acme.token, 'acme/seo-suite', '1.2.0');
    await publishVersion(hub, acme.token, 'acme/seo-suite', '2.0.0');
  });
  afterEach(async () => {
    for (const project of projects.splice(0)) project.remove();
    await hub.close();
  });

  const project = (requires: Record<string, string> = { 'acme/seo-suite': '^1.0' }, extra = {}) => {
    const made = new ComposerProject(hub, requires, extra);
    projects.push(made);
    return made;
  };
  const update = (client: ComposerProject, ...args: string[]) => client.composer('update', '--no-progress', ...args);
  const usage = async (id: string) => {
    const [row]: { requests: number }[] = await hub.database.dataSource.query(
      'SELECT requests::int FROM package_token_usage WHERE token_id = $1',
      [id],
    );
    return row?.requests;
  };

  it.each(['basic', 'bearer'] as const)(
    'installs on a fresh machine with %s credentials, and the class loads',
    async (scheme) => {
      const { token } = await aPackageToken(hub, ['acme/']);
      const client = project().authorize(token, scheme);
      const { code, output } = await update(client);
      expect([code, output]).toEqual([0, expect.stringContaining('Installing acme/seo-suite (1.2.0)')]);
      expect(await client.php(VERSION)).toBe('1.2.0');
    },
  );

  it('pays nothing for a second update, which is all 304', async () => {
    const { id, token } = await aPackageToken(hub, ['acme/']);
    const client = project().authorize(token);
    await update(client);
    const paid = await usage(id);
    const { code, output } = await update(client);
    expect([code, output]).toEqual([0, expect.stringContaining('Nothing to install, update or remove')]);
    expect(await usage(id)).toBe(paid);
  });

  it('gets what it asks for: the stable version, a candidate, a branch by its name or by its number', async () => {
    const repository = new GitRepository();
    const files = (text: string) => phpPackage('acme/tool', text, { version: undefined });
    repository.write(files('1.0.0')).commit('v1.0.0');
    repository.write(files('1.1.0-RC1')).commit('1.1.0-RC1');
    repository.write(files('main')).commit();
    repository.git('branch', '3.x');
    try {
      const source = { publisher_id: acme.id, url: repository.path, prefixes: ['acme/'] };
      const token = await anOperator(hub);
      const made = await hub.call<{ id: string }>('POST', '/console/composer-sources', { token, body: source });
      await hub.app.get(SyncSourceJob).sync({ sourceId: made.body.id });
      const { token: customer } = await aPackageToken(hub, ['acme/']);
      const installed = async (constraint: string) => {
        const client = project({ 'acme/tool': constraint }).authorize(customer);
        const { code, output } = await update(client);
        expect([constraint, code, output]).toEqual([constraint, 0, expect.any(String)]);
        const [, version] = /Installing acme\/tool \((\S+?)[) ]/.exec(output) ?? [];
        return [version, await client.php('echo Acme\\Tool\\Extension::VERSION;')];
      };
      expect(await installed('^1.0')).toEqual(['v1.0.0', '1.0.0']);
      expect(await installed('^1.0@RC')).toEqual(['1.1.0-RC1', '1.1.0-RC1']);
      expect(await installed('dev-main')).toEqual(['dev-main', 'main']);
      expect(await installed('3.x-dev')).toEqual(['3.x-dev', 'main']);
    } finally {
      repository.remove();
    }
  });

  it('gets a new version at its next update', async () => {
    const { token } = await aPackageToken(hub, ['acme/']);
    const client = project().authorize(token);
    await update(client);
    await publishVersion(hub, acme.token, 'acme/seo-suite', '1.3.0');
    await update(client);
    expect(await client.php(VERSION)).toBe('1.3.0');
  });

  it('fails without credentials', async () => {
    const { code, output } = await update(project());
    expect(code).not.toBe(0);
    expect(output).toContain('required authentication');
  });

  it('shows the customer that his token has expired', async () => {
    const { token } = await aPackageToken(hub, ['acme/'], { expires_at: NOW + 60 });
    clock.advance(60);
    const { code, output } = await update(project().authorize(token));
    expect(code).not.toBe(0);
    expect(output).toContain('Token expired on 2030-01-01, renew it where you bought it.');
  });

  it('shows the customer that his token was revoked, and installs no more from the lock file', async () => {
    const { id, token } = await aPackageToken(hub, ['acme/']);
    const client = project().authorize(token);
    await update(client);
    await hub.call('DELETE', `/api/tokens/${id}`, { token: hub.management });
    client.forget();
    const { code, output } = await client.composer('install', '--no-progress');
    expect(code).not.toBe(0);
    expect(output).toContain('Token revoked on 2030-01-01.');
    expect(client.has('vendor/acme/seo-suite/composer.json')).toBe(false);
  });

  it('installs from a lock file with the zips alone', async () => {
    const { id, token } = await aPackageToken(hub, ['acme/']);
    const client = project().authorize(token);
    await update(client);
    client.forget();
    const before = (await usage(id))!;
    const { code } = await client.composer('install', '--no-progress');
    expect(code).toBe(0);
    expect(await client.php(VERSION)).toBe('1.2.0');
    expect(await usage(id)).toBe(before + 1);
  });

  it('cannot have the package of a vendor it did not buy from', async () => {
    const { token } = await aPackageToken(hub, ['other/']);
    const { code, output } = await update(project().authorize(token));
    expect(code).not.toBe(0);
    expect(output).toContain('could not be found');
  });

  it('sees a purchase at once, with the same token and a warm cache', async () => {
    const other = await aPublisher(hub, 'other');
    await publishVersion(hub, other.token, 'other/tool', '1.0.0');
    const metadata = { customer_id: 'cust_1' };
    const { token } = await aPackageToken(hub, ['acme/'], { metadata });
    const client = project().authorize(token);
    await update(client);
    expect((await client.composer('require', 'other/tool:^1.0', '--no-progress')).code).not.toBe(0);
    const body = {
      description: 'x',
      permissions: 'readonly',
      allowed_package_prefixes: ['other/'],
      metadata,
      extend: true,
    };
    expect((await hub.call('POST', '/api/tokens', { token: hub.management, body })).status).toBe(200);
    const { code, output } = await client.composer('require', 'other/tool:^1.0', '--no-progress');
    expect([code, output]).toEqual([0, expect.stringContaining('Installing other/tool (1.0.0)')]);
  });

  it('says so when the hourly limit is used up', async () => {
    const { token } = await aPackageToken(hub, ['acme/'], { rate_limit_max: 2 });
    const { code, output } = await update(project().authorize(token));
    expect(code).not.toBe(0);
    expect(output).toContain('All 2 requests of this hour are used up');
  });

  it('refuses a zip that is not the one that was published', async () => {
    const { sha256 } = await publishVersion(hub, acme.token, 'acme/seo-suite', '1.9.0');
    const path = join(hub.ground.config.dataDir, 'artifacts', 'sha256', sha256.slice(0, 2), sha256);
    const bytes = readFileSync(path);
    bytes[60]! ^= 1;
    writeFileSync(path, bytes);
    const { token } = await aPackageToken(hub, ['acme/']);
    const client = project().authorize(token);
    const { code, output } = await update(client);
    expect(code).not.toBe(0);
    expect(output).toContain('checksum verification of the file failed');
    expect(client.has('vendor/acme/seo-suite/composer.json')).toBe(false);
  });

  it('warns of a known weakness', async () => {
    const body = {
      package: 'acme/seo-suite',
      title: 'Injection in the sitemap',
      affected_versions: '<1.2.1',
      cve: 'CVE-2030-1234',
    };
    await hub.call('POST', '/publisher/composer/advisories', { token: acme.token, body });
    const { token } = await aPackageToken(hub, ['acme/']);
    const client = project().authorize(token);
    await update(client, '--no-audit');
    const { code, output } = await client.composer('audit');
    expect(code).not.toBe(0);
    expect(output).toContain('Injection in the sitemap');
    expect(output).toContain('CVE-2030-1234');
  });

  it('finds packages and completes their names', async () => {
    const { token } = await aPackageToken(hub, ['acme/']);
    const client = project().authorize(token);
    expect((await client.composer('search', 'seo')).output).toContain('acme/seo-suite');
    expect((await client.composer('show', '--available', 'acme/seo-suite')).output).toContain('2.0.0, 1.2.0, 1.0.0');
  });

  it('reads versions as this hub does', async () => {
    const texts = [
      '1',
      'v1.2',
      '1.0.0RC1',
      '1.0.0.RC.15-dev',
      '1.0.0-b2',
      '1.0-a',
      '1.0.0-pl3',
      '1.0.0-stable',
      '1.0.0+b.5',
    ];
    const more = [
      '2010.01',
      '20100102',
      '2010-01-02',
      '2010-01-02.5',
      'master',
      'dev-feature/x',
      'DEV-x',
      '2.x-dev',
      '1.0.x-dev',
    ];
    const wrong = [
      '',
      'a',
      '1.0.0-meh',
      '1.0.0.0.0',
      'feature-foo-dev',
      '1.0 .2',
      '1.0.0-beta.5.6x',
      '1.0-RC1.2',
      '12345678',
      '1.2.3.4.5',
    ];
    const all = [
      ...texts,
      ...more,
      ...wrong,
      '0.0.0',
      '1.0.0@dev',
      'dev-main as 1.0',
      '201003-01',
      '2010-01-02-10-20-30',
      '1.x',
      'x',
    ];
    const script = `require '/usr/share/php/Composer/Semver/autoload.php'; $p = new Composer\\Semver\\VersionParser();
      foreach (json_decode($argv[1]) as $v) { try { $r[] = $p->normalize($v); } catch (Exception $e) { $r[] = null; } } echo json_encode($r);`;
    const { output } = await project().run('php', ['-r', script, JSON.stringify(all)]);
    expect(all.map((text) => [text, normalizeVersion(text) ?? null])).toEqual(
      (JSON.parse(output) as (string | null)[]).map((normalized, index) => [all[index], normalized]),
    );
  });
});
