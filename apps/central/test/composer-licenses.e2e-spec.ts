import { newId } from '@hansa/platform';
import { AuditEntry } from '#audit';
import { PackageToken } from '#composer';
import { License } from '#licenses';
import { aPackage, anOrder, doJobs, fixedClock, newMails, sendStripeEvent, stripeEvent } from '#test';
import { LicensedPackagesService } from '../src/composer/licensed-packages.service.js';
import { ComposerProject } from './support/composer-client.js';
import { aPublisher, publishVersion, startComposerHub, type ComposerHub } from './support/composer.js';
import { refundEvent } from './support/money.js';
import { describeWith } from '@hansa/testing';

describeWith('composer', 'a license that opens Composer packages', () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  let hub: ComposerHub;
  let acme: { id: string; token: string };
  let packageId: string;
  const projects: ComposerProject[] = [];
  beforeEach(async () => {
    clock.set('2030-01-01T00:00:00Z');
    hub = await startComposerHub({ clock });
    acme = await aPublisher(hub, 'acme');
    await publishVersion(hub, acme.token, 'acme/seo-suite', '1.0.0');
    packageId = await listed('@acme/seo-suite', 'acme/seo-suite');
  });
  afterEach(async () => {
    for (const project of projects.splice(0)) project.remove();
    await hub.close();
  });

  /** A listing of acme's that sells a Composer package. */
  const listed = async (marketplaceId: string, name: string): Promise<string> => {
    const price = { licenseKind: 'one_time', priceMinor: 4_900 } as const;
    const { id } = await aPackage(hub.database, { marketplaceId, publisherId: acme.id, ...price });
    const body = { marketplace_id: marketplaceId };
    const { status } = await hub.call('PUT', `/publisher/composer/packages/${name}/listing`, {
      token: acme.token,
      body,
    });
    expect(status).toBe(204);
    return id;
  };
  const aLicense = async (rest: Partial<License> = {}): Promise<string> => {
    const id = newId('lic');
    await hub.database.dataSource.manager.insert(License, {
      id,
      orderId: null,
      packageId,
      kind: 'one_time',
      customerEmail: 'Jo@example.com',
      keyLookup: Buffer.from(id.padEnd(32).slice(-32)),
      keySealed: Buffer.from('x'),
      seats: 1,
      instanceId: null,
      issuedAt: clock.now(),
      expiresAt: null,
      updatesUntil: null,
      suspendedAt: null,
      revokedAt: null,
      revokedReason: null,
      ...rest,
    } as object);
    return id;
  };
  const aCustomer = () => {
    const client = new ComposerProject(hub, {}, { repositories: [{ 'packagist.org': false }] });
    projects.push(client);
    return client;
  };
  /** Types what a mail says. */
  const followLetter = async (client: ComposerProject, mail: string) => {
    for (const command of mail.split('\n').filter((line) => line.startsWith('  composer '))) {
      const { code, output } = await client.composer(...command.trim().split(' ').slice(1));
      expect([command, code, output]).toEqual([command, 0, expect.any(String)]);
    }
  };
  const change = (id: string, rest: Partial<License>) => hub.database.dataSource.manager.update(License, { id }, rest);
  const settle = () => hub.app.get(LicensedPackagesService).settleAll();
  /** The secret from the mail that was sent, if one was. */
  const mailed = async (): Promise<string | undefined> => {
    await doJobs(hub);
    const found = newMails(hub.ground).map(({ text }) => /hpkt_[0-9A-Za-z]{49}/.exec(text)?.[0]);
    return found.find((token) => token !== undefined);
  };
  const status = async (token: string, name = 'acme/seo-suite') =>
    (await hub.call('GET', `/p2/${name}.json`, { token })).status;
  const visible = async (token: string) => {
    const { body } = await hub.call<{ packages: Record<string, object[]> }>('GET', '/p2/acme/seo-suite.json', {
      token,
    });
    return body.packages['acme/seo-suite']!.length;
  };

  it('brings the customer a token and a mail whose commands install the package', async () => {
    await aLicense();
    await settle();
    await doJobs(hub);
    const [mail] = newMails(hub.ground);
    expect(mail!.to).toBe('jo@example.com');
    const client = aCustomer();
    await followLetter(client, mail!.text);
    expect(await client.php('echo Acme\\SeoSuite\\Extension::VERSION;')).toBe('1.0.0');
    const [token] = await hub.database.dataSource.manager.find(PackageToken);
    const actions = await hub.database.dataSource.manager.findBy(AuditEntry, { subject: token!.id });
    expect(actions.map(({ action }) => action)).toEqual(['package_token.provisioned']);
  });

  it('sells through Stripe: payment, mail, an extension that runs; and the refund ends it', async () => {
    clock.set('2030-01-01T12:00:00Z');
    const bought = { packageId, customerEmail: 'Jo@example.com', amountMinor: 4_900 };
    const order = await anOrder(hub.database, bought);
    expect((await sendStripeEvent(hub, stripeEvent(order))).status).toBe(200);
    await doJobs(hub);
    const [mail] = newMails(hub.ground).filter(({ text }) => text.includes('hpkt_'));
    const client = aCustomer();
    await followLetter(client, mail!.text);
    expect(await client.php('echo Acme\\SeoSuite\\Extension::VERSION;')).toBe('1.0.0');

    expect((await sendStripeEvent(hub, refundEvent(order, 0, 4_900))).status).toBe(200);
    await doJobs(hub);
    client.forget();
    const { code, output } = await client.composer('install', '--no-progress');
    expect([code, output]).toEqual([expect.any(Number), expect.stringContaining('could not be downloaded')]);
    expect(code).not.toBe(0);
    expect(client.has('vendor/acme/seo-suite')).toBe(false);
    expect((await client.composer('update', '--no-progress')).code).not.toBe(0);
  });

  it('is settled once, however often it is looked at', async () => {
    await aLicense();
    await settle();
    const token = await mailed();
    await settle();
    expect(await mailed()).toBeUndefined();
    expect(await status(token!)).toBe(200);
    const audits = await hub.database.dataSource.manager.countBy(AuditEntry, { action: 'package_token.provisioned' });
    expect(audits).toBe(1);
  });

  it('extends the token the customer has with what he buys next', async () => {
    await aLicense();
    await settle();
    const token = (await mailed())!;
    await publishVersion(hub, acme.token, 'acme/more', '1.0.0');
    const more = await listed('@acme/more', 'acme/more');
    expect(await status(token, 'acme/more')).toBe(404);
    await aLicense({ packageId: more, customerEmail: 'jo@example.com' });
    await settle();
    expect(await mailed()).toBeUndefined();
    expect(await status(token, 'acme/more')).toBe(200);
    expect(await status(token)).toBe(200);
  });

  it('opens nothing more once it is revoked or suspended, and opens again when it is resumed', async () => {
    const id = await aLicense();
    await settle();
    const token = (await mailed())!;
    await change(id, { suspendedAt: clock.now() });
    await settle();
    expect(await status(token)).toBe(404);
    await change(id, { suspendedAt: null });
    await settle();
    expect(await status(token)).toBe(200);
    await change(id, { revokedAt: clock.now(), revokedReason: 'refunded' });
    await settle();
    expect(await status(token)).toBe(404);
    expect(await mailed()).toBeUndefined();
  });

  it('ends with its term, and is renewed with it', async () => {
    const id = await aLicense({ expiresAt: new Date('2030-02-01T00:00:00Z') });
    await settle();
    const token = (await mailed())!;
    expect(await status(token)).toBe(200);
    clock.set('2030-02-01T00:00:00Z');
    expect(await status(token)).toBe(404);
    await change(id, { expiresAt: new Date('2030-03-01T00:00:00Z') });
    await settle();
    expect(await status(token)).toBe(200);
  });

  it('shows versions up to the end of its updates, and their zips only', async () => {
    await aLicense({ updatesUntil: new Date('2030-01-15T00:00:00Z') });
    await settle();
    const token = (await mailed())!;
    clock.set('2030-01-15T00:00:00Z');
    await publishVersion(hub, acme.token, 'acme/seo-suite', '1.0.1');
    expect(await visible(token)).toBe(2);
    clock.set('2030-01-15T00:00:01Z');
    const late = await publishVersion(hub, acme.token, 'acme/seo-suite', '1.1.0');
    expect(await visible(token)).toBe(2);
    expect((await hub.call('GET', `/dist/acme/seo-suite/${late.id}.zip`, { token })).status).toBe(404);
  });

  it('opens exactly its package, not those whose names begin alike', async () => {
    await publishVersion(hub, acme.token, 'acme/seo-suite-pro', '1.0.0');
    await aLicense();
    await settle();
    expect(await status((await mailed())!, 'acme/seo-suite-pro')).toBe(404);
  });

  it('cannot be tied to a listing or a package of another publisher', async () => {
    const other = await aPublisher(hub, 'other');
    const tie = (token: string, name: string) =>
      hub.call('PUT', `/publisher/composer/packages/${name}/listing`, {
        token,
        body: { marketplace_id: '@acme/seo-suite' },
      });
    expect((await tie(other.token, 'acme/seo-suite')).status).toBe(404);
    await publishVersion(hub, other.token, 'other/tool', '1.0.0');
    expect((await tie(other.token, 'other/tool')).status).toBe(404);
  });
});
