import {
  aPublisher,
  aZip,
  phpPackage,
  publishVersion,
  startComposerHub,
  upload,
  type ComposerHub,
} from './support/composer.js';

describe('the Composer repository takes uploads', () => {
  let hub: ComposerHub;
  let acme: { id: string; token: string };
  beforeEach(async () => {
    hub = await startComposerHub();
    acme = await aPublisher(hub, 'acme');
  });
  afterEach(() => hub.close());

  it('once: the same bytes again are the version that is there', async () => {
    const zip = await aZip(phpPackage('acme/seo', '1.0.0'));
    const first = await upload(hub, acme.token, zip);
    const second = await upload(hub, acme.token, zip);
    expect([first.status, second.status, second.body.id]).toEqual([201, 200, first.body.id]);
  });

  it('and never other bytes for a version that is out', async () => {
    await publishVersion(hub, acme.token, 'acme/seo', '1.0.0');
    const other = await upload(hub, acme.token, await aZip(phpPackage('acme/seo', 'v1.0', { license: 'MIT' })));
    expect([other.status, other.body.code]).toEqual([409, 'VERSION_EXISTS']);
  });

  it('from the owner of the vendor name only', async () => {
    const thief = await aPublisher(hub, 'thief');
    const { status, body } = await upload(hub, thief.token, await aZip(phpPackage('acme/seo', '1.0.0')));
    expect([status, body.code]).toEqual([403, 'VENDOR_NOT_OWNED']);
    expect((await upload(hub, hub.management, await aZip(phpPackage('acme/seo', '1.0.0')))).status).toBe(401);
  });

  it('with the version beside the zip when composer.json names none', async () => {
    const zip = await aZip({ 'seo-1/composer.json': '{"name":"acme/seo"}', 'seo-1/x.php': '<?php' });
    expect((await upload(hub, acme.token, zip)).body.code).toBe('VERSION_MISSING');
    const { status, body } = await upload(hub, acme.token, zip, '?version=v2.0-beta1');
    expect([status, body.version_normalized]).toEqual([201, '2.0.0.0-beta1']);
  });

  it.each([
    ['no zip', Buffer.from('PK nonsense'), 'ARCHIVE_REFUSED'],
    ['no composer.json', aZip({ 'a/b.php': '', 'c/composer.json': '{}' }), 'COMPOSER_JSON_MISSING'],
    ['a broken composer.json', aZip({ 'composer.json': '{' }), 'COMPOSER_JSON_INVALID'],
    ['a branch as version', aZip(phpPackage('acme/seo', 'dev-main')), 'VERSION_INVALID'],
    ['nonsense as version', aZip(phpPackage('acme/seo', '../1.0')), 'VERSION_INVALID'],
  ])('that are %s: no', async (_, zip, code) => {
    const { status, body } = await upload(hub, acme.token, await zip);
    expect([status, body.code]).toEqual([400, code]);
  });
});
