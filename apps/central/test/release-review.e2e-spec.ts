import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountsService, PublisherMember, PublisherNamespace } from '#accounts';
import { centralConfigForTests } from '#config';
import {
  aPerson,
  aPublisherClient,
  aSignedPackage,
  askJson,
  asOperator,
  doJobs,
  fixedClock,
  newMails,
  startTestHub,
  type FixedClock,
  type PackageParts,
  type PublisherClient,
  type TestHub,
} from '#test';

let hub: TestHub;
let clock: FixedClock;
let dataDir: string;
let publisher: PublisherClient;
let one: { authorization: string };
let two: { authorization: string };

async function start(autoApproval = false): Promise<void> {
  clock = fixedClock('2030-01-01T00:00:00Z');
  const publishing = { ...centralConfigForTests().publishing, autoApproval };
  hub = await startTestHub({ clock, config: { dataDir, publishing } });
  publisher = await aPublisherClient(hub);
  await publisher.putListing('@nord/hello');
  one = await asOperator(hub);
  const accounts = hub.app.get(AccountsService, { strict: false });
  await accounts.createOperator('second@hub.example', 'a password of two', 'test');
  const { token } = await accounts.signIn('second@hub.example', 'a password of two');
  two = { authorization: `Bearer ${token}` };
}
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hansa-review-'));
});
afterEach(async () => {
  await hub.close();
  await rm(dataDir, { recursive: true, force: true });
});

const decide = (by: { authorization: string }, id: string, step: string, body: object = {}) =>
  askJson(hub, 'POST', `/console/releases/${id}/${step}`, by, body);
const statusOf = async (id: string) =>
  (await publisher.send('GET', `/publisher/releases/${id}`)).json().status as string;

async function inReview(parts: PackageParts = {}): Promise<string> {
  const { id } = (await publisher.submit(await aSignedPackage(publisher.key, parts))).json();
  await doJobs(hub);
  return id as string;
}

describe('a review', () => {
  beforeEach(() => start());

  it('belongs to the operator who claimed it, for a day', async () => {
    const id = await inReview();
    expect((await decide(one, id, 'claim')).status).toBe(200);
    expect((await decide(one, id, 'claim')).status).toBe(200);
    for (const step of ['claim', 'approve'])
      expect((await decide(two, id, step)).json()).toMatchObject({ code: 'CLAIMED_BY_OTHER' });
    expect((await decide(two, id, 'reject', { note: 'no' })).json()).toMatchObject({ code: 'CLAIMED_BY_OTHER' });
    clock.advance(10 * 3_600);
    expect((await askJson(hub, 'DELETE', `/console/releases/${id}/claim`, one, undefined)).status).toBe(200);
    expect((await decide(two, id, 'claim')).status).toBe(200);
    await hub.database.dataSource.query(`UPDATE releases SET claimed_at = claimed_at - interval '25 hours'`);
    expect((await decide(one, id, 'approve')).json()).toMatchObject({ status: 'approved' });
    await hub.database.takeJobs();
  });

  it('is read with checks, difference and comments; what is internal stays among operators', async () => {
    const id = await inReview();
    await decide(one, id, 'comments', { body: 'Looks odd.', internal: true });
    await decide(one, id, 'comments', { body: 'What is the host for?' });
    await publisher.send('POST', `/publisher/releases/${id}/comments`, { body: 'For updates.' });
    const dossier = (await askJson(hub, 'GET', `/console/releases/${id}`, one, undefined)).json();
    expect(dossier.checks).toHaveLength(9);
    expect(dossier.comments.map(({ body }: { body: string }) => body)).toContain('Looks odd.');
    const comments = (await publisher.send('GET', `/publisher/releases/${id}/comments`)).json();
    expect(comments.items.map(({ by }: { by: string }) => by).sort()).toEqual(['publisher', 'reviewer']);
    expect((await publisher.send('GET', `/publisher/releases/${id}/sbom`)).json()).toMatchObject({
      bomFormat: 'CycloneDX',
    });
    const stranger = await aPublisherClient(hub, '@other');
    for (const path of ['sbom', 'comments'])
      expect((await stranger.send('GET', `/publisher/releases/${id}/${path}`)).status).toBe(404);
  });

  it('waits for a verified namespace', async () => {
    const id = await inReview();
    const { manager } = hub.database.dataSource;
    await manager.update(PublisherNamespace, { namespace: '@nord' }, { verifiedAt: null });
    expect((await decide(one, id, 'approve')).json()).toMatchObject({ code: 'NAMESPACE_UNVERIFIED' });
    const waiting = (await askJson(hub, 'GET', '/console/namespaces', one, undefined)).json();
    expect(waiting).toMatchObject({ count: 1, items: [{ namespace: '@nord' }] });
    expect((await askJson(hub, 'POST', '/console/namespaces/@nord/verify', one, {})).json()).toMatchObject({
      verified: true,
    });
    expect((await decide(one, id, 'approve')).json()).toMatchObject({ status: 'approved' });
    await hub.database.takeJobs();
  });

  it('takes two different operators where the rule says so, and the rule is the operators’', async () => {
    const rule = (by: { authorization: string }, two_person: boolean) =>
      askJson(hub, 'PUT', `/console/publishers/${publisher.id}/review`, by, { two_person });
    expect((await rule({ authorization: publisher.authorization }, false)).status).toBe(401);
    expect((await rule(one, true)).status).toBe(200);
    const id = await inReview();
    expect((await decide(one, id, 'approve')).json()).toMatchObject({ status: 'in_review' });
    expect((await decide(one, id, 'approve')).json()).toMatchObject({ code: 'APPROVED_BY_YOU' });
    expect((await decide(two, id, 'approve')).json()).toMatchObject({ status: 'approved' });
    await doJobs(hub);
    expect(await statusOf(id)).toBe('published');
  });

  it('is told to the members of the publisher at each step', async () => {
    await aPerson(hub, 'ada@nord.example');
    const [account] = await hub.database.dataSource.query<{ id: string }[]>(
      `SELECT id FROM accounts WHERE email LIKE 'ada%'`,
    );
    const member = {
      publisherId: publisher.id,
      accountId: account!.id,
      role: 'developer' as const,
      joinedAt: clock.now(),
    };
    await hub.database.dataSource.manager.insert(PublisherMember, member);
    const id = await inReview();
    await decide(one, id, 'approve', { note: 'Fine.' });
    await doJobs(hub);
    const subjects = newMails(hub.ground).map(({ subject }) => subject);
    expect(subjects).toEqual(
      expect.arrayContaining(['in review', 'approved', 'published'].map((step) => `@nord/hello 1.0.0: ${step}`)),
    );
  });
});

describe('a yank', () => {
  beforeEach(() => start());

  it('by the publisher can be taken back by the publisher, one by an operator cannot', async () => {
    const id = await inReview();
    await decide(one, id, 'approve');
    await doJobs(hub);
    const own = (step: string, body: object = {}) => publisher.send('POST', `/publisher/releases/${id}/${step}`, body);
    expect((await own('yank', { reason: 'Breaks carts.' })).json()).toMatchObject({ status: 'yanked' });
    expect((await own('unyank')).json()).toMatchObject({ status: 'published' });
    await decide(one, id, 'yank', { reason: 'Steals data.' });
    expect((await own('unyank')).json()).toMatchObject({ code: 'YANKED_BY_OPERATOR' });
    const stranger = await aPublisherClient(hub, '@other');
    expect((await stranger.send('POST', `/publisher/releases/${id}/yank`, { reason: 'x' })).status).toBe(404);
    expect(await statusOf(id)).toBe('yanked');
  });
});

describe('approval without a person', () => {
  it('happens when the hub is set so, publisher and namespace are verified, and nothing was found', async () => {
    await start(true);
    expect(await statusOf(await inReview())).toBe('published');
    const odd = await inReview({ manifest: { version: '1.0.1' }, files: { 'x.js': 'eval("1")' } });
    expect(await statusOf(odd)).toBe('in_review');
    await askJson(hub, 'PUT', `/console/publishers/${publisher.id}/review`, one, { two_person: true });
    expect(await statusOf(await inReview({ manifest: { version: '1.0.2' } }))).toBe('in_review');
    await askJson(hub, 'PUT', `/console/publishers/${publisher.id}/review`, one, { two_person: false });
    await hub.database.dataSource.manager.update(PublisherNamespace, { namespace: '@nord' }, { verifiedAt: null });
    expect(await statusOf(await inReview({ manifest: { version: '1.0.3' } }))).toBe('in_review');
  });

  it('does not happen by itself', async () => {
    await start();
    expect(await statusOf(await inReview())).toBe('in_review');
  });
});
