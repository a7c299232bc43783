import { X509Certificate } from 'node:crypto';
import { eventually, FakeAcme, fixedClock, startTestHub, type JobRow, type TestHub } from '#test';
import { aCsr, startSite, type TestSite } from '../../test/support/certificates.js';
import { centralConfigForTests } from '#config';
import { AuditEntry } from '#audit';
import { answerAbout, statusOf } from './certificate-answers.js';
import { CertificateOrder } from './certificate-order.entity.js';
import { CertificatesService } from './certificates.service.js';
import { CertificationKey } from './certification-keys.js';
import { LookAfterCertificates } from './look-after-certificates.job.js';
import { RevokeCertificate } from './revoke-certificate.job.js';
import { WorkOnCertificate } from './work-on-certificate.job.js';

const ID = 'oi_00000000000000000000000000000001';
const NAMES = ['shop.example', 'www.shop.example'];
const DAY = 24 * 3_600;

describe(WorkOnCertificate.name, () => {
  const clock = fixedClock('2030-01-01T00:00:00Z');
  let site: TestSite;
  let acme: FakeAcme;
  let hub: TestHub;
  let csr: string;
  /** Waiting jobs, as the queue had them. */
  let jobs: JobRow[];
  const db = () => hub.database.dataSource.manager;
  const service = () => hub.app.get(CertificatesService, { strict: false });
  const inTx = <T>(work: (tx: ReturnType<typeof db>) => Promise<T>) => hub.database.dataSource.transaction(work);

  beforeEach(async () => {
    clock.set('2030-01-01T00:00:00Z');
    jobs = [];
    site = await startSite();
    const sites = new Map(NAMES.map((name) => [name, site.address]));
    acme = await new FakeAcme(sites).start();
    csr = await aCsr(...NAMES);
  });
  afterEach(async () => {
    await hub.close();
    await acme.close();
    await site.close();
  });

  async function start(issuer: 'acme' | 'development'): Promise<void> {
    const { certificates } = centralConfigForTests();
    const account = { directoryUrl: acme.directoryUrl, contact: 'ops@hub.example', binding: undefined };
    const testHosts = new Map(NAMES.map((name) => [name, site.address]));
    const settings = { ...certificates, issuer, acme: issuer === 'acme' ? account : undefined, testHosts };
    hub = await startTestHub({ clock, config: { certificates: settings } });
  }
  async function order(): Promise<void> {
    site.put(await service().prepare(csr));
    await inTx((tx) => service().place(tx, { id: ID, csr }, 'test'));
  }
  async function pay(): Promise<void> {
    await inTx((tx) => service().paymentAuthorized(tx, ID, 'stripe'));
  }
  /** Does what waits, `rounds` times, a minute apart; settlements are put aside. */
  async function work(rounds = 1): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      jobs.push(...(await hub.database.takeJobs()));
      const due = jobs.filter(({ name }) => name === 'work-on-certificate');
      jobs = jobs.filter(({ name }) => name !== 'work-on-certificate');
      if (due.length > 0) await hub.app.get(WorkOnCertificate, { strict: false }).run({ certificateId: ID });
      clock.advance(60);
    }
    jobs.push(...(await hub.database.takeJobs()));
  }
  /** The shop puts up what the CA wants to see. */
  async function putChallenges(): Promise<void> {
    for (const { relative_path: relativePath, filename, content } of (await answerAbout(db(), ID))!.http_files)
      site.put({ relativePath, filename, content });
  }
  const state = async () => (await db().findOneByOrFail(CertificateOrder, { id: ID })).state;
  const settlements = () => jobs.filter(({ name }) => name === 'settle-certificate').map(({ payload }) => payload);
  const ISSUED = [{ certificateId: ID, outcome: 'issued' }];
  const REFUSED = [{ certificateId: ID, outcome: 'refused' }];

  describe('with the development CA', () => {
    beforeEach(() => start('development'));

    it('does nothing before it is paid', async () => {
      await order();
      await work(2);
      expect(await state()).toBe('awaiting_payment');
      expect(site.asked).toEqual([]);
      expect((await answerAbout(db(), ID))?.status_code).toBe('CertificateNotFound');
    });

    it('issues for the names and the key of the request, and hands the PEM out when the money is taken', async () => {
      await order();
      await pay();
      await work(3);
      expect(settlements()).toEqual(ISSUED);
      expect(await answerAbout(db(), ID)).toMatchObject({ certificate_pem: null, status_code: null });
      await inTx((tx) => service().paymentSettled(tx, ID, 'captured', 'market'));
      const { certificate_pem: pem } = (await answerAbout(db(), ID))!;
      expect(pem!.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
      const leaf = new X509Certificate(pem!);
      expect(leaf.subjectAltName).toBe('DNS:shop.example, DNS:www.shop.example');
      const { certificatePem } = await db().findOneByOrFail(CertificateOrder, { id: ID });
      const [, ca] = certificatePem!.split(/(?<=-----END CERTIFICATE-----\n)/);
      expect(leaf.verify(new X509Certificate(ca!).publicKey)).toBe(true);
      const trail = await db().find(AuditEntry, { where: { subject: ID }, order: { id: 'ASC' } });
      expect(trail.map(({ action }) => action)).toEqual([
        'certificate.ordered',
        'certificate.awaiting_validation',
        'certificate.issuing',
        'certificate.issued',
      ]);
      expect((await statusOf(db(), ID))?.domain_details).toEqual(
        NAMES.map((domain) => ({ domain, status: 'VALIDATED' })),
      );
    });

    it('hands nothing out when the money could not be taken', async () => {
      await order();
      await pay();
      await work(3);
      await inTx((tx) => service().paymentSettled(tx, ID, 'refused', 'market'));
      await work();
      expect(await answerAbout(db(), ID)).toMatchObject({ certificate_pem: null, status_code: 'OrderCanceled' });
      expect(settlements()).toEqual(ISSUED);
    });

    it('says which name is not proven, and looks again until it is', async () => {
      await order();
      const proof = new Map(site.files);
      site.files.clear();
      await pay();
      await work();
      expect(await answerAbout(db(), ID)).toMatchObject({
        status_code: 'RequiresApproval',
        status_message: 'Control is not shown yet (shop.example: NOT_FOUND, www.shop.example: NOT_FOUND).',
      });
      for (const [path, content] of proof) site.files.set(path, content);
      await work(3);
      expect(settlements()).toEqual(ISSUED);
    });

    it('does not look again for a name that was proven', async () => {
      await order();
      await pay();
      await db().query(`UPDATE certificate_names SET proven_at = now() WHERE name = 'shop.example'`);
      await work();
      expect(site.asked).toHaveLength(1);
    });

    it('gives up when control is not shown in time, and has the money given back', async () => {
      await order();
      site.files.clear();
      await pay();
      await work();
      clock.advance(6 * DAY);
      await work();
      expect(settlements()).toEqual(REFUSED);
      expect((await answerAbout(db(), ID))?.status_code).toBe('OrderItemCanceled');
    });

    it('is settled once, when two workers do the same thing at the same time', async () => {
      await order();
      await pay();
      await hub.database.takeJobs();
      const job = hub.app.get(WorkOnCertificate, { strict: false });
      for (let step = 0; step < 3; step += 1) await Promise.all([1, 2, 3].map(() => job.run({ certificateId: ID })));
      const { certificatePem } = await db().findOneByOrFail(CertificateOrder, { id: ID });
      await Promise.all([1, 2, 3].map(() => job.run({ certificateId: ID })));
      await work();
      expect(settlements()).toEqual(ISSUED);
      expect((await db().findOneByOrFail(CertificateOrder, { id: ID })).certificatePem).toBe(certificatePem);
      expect(await db().count(CertificationKey)).toBe(1);
    });

    it('is paid once, when the news of it comes twice at the same time', async () => {
      await order();
      const blocked = async () => {
        const [row]: { count: number }[] = await db().query(
          `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return row!.count > 0;
      };
      let second: Promise<void> | undefined;
      await inTx(async (tx) => {
        await service().paymentAuthorized(tx, ID, 'stripe');
        second = pay();
        await eventually('the second waits for the first', blocked);
      });
      await second;
      expect(await db().countBy(AuditEntry, { subject: ID, action: 'certificate.awaiting_validation' })).toBe(1);
    });

    it('is not issued by a payment that is settled before the CA has issued', async () => {
      await order();
      await pay();
      await work(1);
      await inTx((tx) => service().paymentSettled(tx, ID, 'captured', 'market'));
      expect(await state()).toBe('issuing');
      await inTx((tx) => service().paymentSettled(tx, ID, 'refused', 'market'));
      expect(await state()).toBe('issuing');
    });

    it('cancels what no CA works on, and gives money back that comes too late', async () => {
      await order();
      await expect(inTx((tx) => service().cancel(tx, ID, 'test'))).resolves.toBe(true);
      await work();
      expect(settlements()).toEqual([]);
      await pay();
      await work();
      expect(settlements()).toEqual([{ certificateId: ID, outcome: 'canceled' }]);
      expect((await answerAbout(db(), ID))?.status_code).toBe('OrderCanceled');
    });

    it('does not cancel what is issued', async () => {
      await order();
      await pay();
      await work(3);
      await expect(inTx((tx) => service().cancel(tx, ID, 'test'))).resolves.toBe(false);
    });

    it('goes on when its job is lost', async () => {
      await order();
      await pay();
      await hub.database.takeJobs();
      const looker = hub.app.get(LookAfterCertificates, { strict: false });
      await looker.resume();
      expect(await hub.database.takeJobs()).toEqual([]);
      clock.advance(121);
      await looker.resume();
      await work(3);
      expect(settlements()).toEqual(ISSUED);
    });

    it('keeps the PEM for the days that were promised, then forgets it', async () => {
      await order();
      await pay();
      await work(3);
      await inTx((tx) => service().paymentSettled(tx, ID, 'captured', 'market'));
      const looker = hub.app.get(LookAfterCertificates, { strict: false });
      clock.advance(59 * DAY);
      await looker.forget();
      expect((await answerAbout(db(), ID))?.certificate_pem).not.toBeNull();
      clock.advance(2 * DAY);
      await looker.forget();
      expect(await answerAbout(db(), ID)).toMatchObject({ certificate_pem: null, status_code: 'CertificateNotFound' });
      expect((await db().findOneByOrFail(CertificateOrder, { id: ID })).csrPem).toBe('');
    });
  });

  describe('with an ACME CA', () => {
    beforeEach(() => start('acme'));

    async function untilChallenged(): Promise<void> {
      await order();
      await pay();
      await work(2);
    }

    it('tells the CA to look only when its files are in place, and hands out what it issued', async () => {
      acme.badNonces = 2;
      acme.slowness = 2;
      await untilChallenged();
      // A nonce that was refused is no bad day: the client has a fresh one by then (RFC 8555 §6.5).
      expect((await answerAbout(db(), ID))?.http_files).toHaveLength(2);
      await work(2);
      expect(acme.log.filter((line) => line.startsWith('/challenge'))).toEqual([]);
      await putChallenges();
      await work(7);
      expect(settlements()).toEqual(ISSUED);
      await inTx((tx) => service().paymentSettled(tx, ID, 'captured', 'market'));
      const leaf = new X509Certificate((await answerAbout(db(), ID))!.certificate_pem!);
      expect(leaf.issuer).toBe('CN=Test ACME CA');
      expect(acme.orderCount).toBe(1);
    });

    it('tries a validation that failed three times, then refuses', async () => {
      acme.failsValidation = true;
      await untilChallenged();
      for (let round = 0; round < 4; round += 1) {
        await putChallenges();
        await work(4);
      }
      expect(settlements()).toEqual(REFUSED);
      expect(acme.orderCount).toBe(3);
      expect(await answerAbout(db(), ID)).toMatchObject({ status_code: 'CA:rejected' });
    });

    it('refuses at once what the CA will never issue', async () => {
      acme.refusals.set('www.shop.example', 'rejectedIdentifier');
      await untilChallenged();
      expect(settlements()).toEqual(REFUSED);
      expect((await answerAbout(db(), ID))?.status_message).toContain('CA_rejectedIdentifier');
    });

    it('decides nothing on a bad day of the CA', async () => {
      acme.refusals.set('shop.example', 'rateLimited');
      await untilChallenged();
      acme.isDown = true;
      await work(3);
      expect(settlements()).toEqual([]);
      expect(await answerAbout(db(), ID)).toMatchObject({ status_code: null });
      acme.isDown = false;
      acme.refusals.clear();
      await work(1);
      await putChallenges();
      await work(4);
      expect(settlements()).toEqual(ISSUED);
    });

    it.each([
      ['another key', () => (acme.signsForAnotherKey = true)],
      ['fewer names', () => (acme.leavesNamesOut = true)],
    ])('believes no certificate for %s', async (_, lie) => {
      lie();
      await untilChallenged();
      await putChallenges();
      await work(5);
      expect(settlements()).toEqual(REFUSED);
      expect((await answerAbout(db(), ID))?.status_message).toContain('CA_ANSWER_WRONG');
    });

    it('takes no token for the name of a file that could be a path', async () => {
      acme.makeToken = () => '../../../etc/cron.d/x';
      await untilChallenged();
      expect((await answerAbout(db(), ID))?.http_files).toEqual([]);
      expect(settlements()).toEqual(REFUSED);
    });

    it('opens another order when the CA has forgotten the first', async () => {
      await untilChallenged();
      acme.forgetOrders();
      await putChallenges();
      await work(2);
      await putChallenges();
      await work(5);
      expect(settlements()).toEqual(ISSUED);
      expect((await db().findOneByOrFail(CertificateOrder, { id: ID })).issuerOrders).toBe(2);
    });

    it('goes on with no order of a CA that the hub has left', async () => {
      await untilChallenged();
      await db().query(
        `UPDATE certificate_orders SET issuer_order = issuer_order || '{"issuer": "https://left.example/"}'`,
      );
      await work(1);
      expect(acme.orderCount).toBe(2);
    });

    it('has one order that counts, when two workers open one at the same time', async () => {
      await order();
      await pay();
      await work(1);
      await Promise.all([1, 2].map(() => hub.app.get(WorkOnCertificate, { strict: false }).run({ certificateId: ID })));
      expect(acme.orderCount).toBe(2);
      expect((await db().findOneByOrFail(CertificateOrder, { id: ID })).issuerOrders).toBe(1);
    });

    it.each([
      ['ended', { state: 'refused', endedAt: clock.now(), nextTryAt: null }, null],
      ['got its certificate from another worker', { certificatePem: 'first', nextTryAt: null }, 'first'],
    ] as const)('writes nothing about an order that %s while the CA was asked', async (_, change, kept) => {
      await untilChallenged();
      await putChallenges();
      acme.onRequest = async (path) => {
        if (path.startsWith('/certificate')) await db().update(CertificateOrder, { id: ID }, change);
      };
      await work(6);
      expect(acme.log.filter((line) => line.startsWith('/certificate'))).toHaveLength(1);
      expect(settlements()).toEqual([]);
      expect((await db().findOneByOrFail(CertificateOrder, { id: ID })).certificatePem).toBe(kept);
    });

    it.each(['not paid', 'revoked'] as const)('has the CA take back what was %s', async (why) => {
      await untilChallenged();
      await putChallenges();
      await work(6);
      await inTx((tx) => service().paymentSettled(tx, ID, why === 'revoked' ? 'captured' : 'refused', 'market'));
      if (why === 'revoked') await expect(inTx((tx) => service().revoke(tx, ID, 'ops'))).resolves.toBe(true);
      await expect(inTx((tx) => service().revoke(tx, ID, 'ops'))).resolves.toBe(false);
      const statusCode = why === 'revoked' ? 'CA:revoked' : 'OrderCanceled';
      expect(await answerAbout(db(), ID)).toMatchObject({ certificate_pem: null, status_code: statusCode });
      await work();
      const job = hub.app.get(RevokeCertificate, { strict: false });
      acme.isDown = true;
      await expect(job.run({ certificateId: ID })).rejects.toThrow();
      acme.isDown = false;
      await job.run({ certificateId: ID });
      await job.run({ certificateId: ID });
      expect(jobs.map(({ name }) => name)).toContain('revoke-certificate');
      expect(acme.revoked.size).toBe(1);
      expect((await db().findOneByOrFail(CertificateOrder, { id: ID })).certificatePem).toBeNull();
    });

    it('keeps one account at the CA, its key sealed', async () => {
      await untilChallenged();
      const [key, ...more] = await db().find(CertificationKey);
      expect([key?.issuer, more]).toEqual([acme.directoryUrl, []]);
      expect(key?.privateSealed.toString('latin1')).not.toContain('PRIVATE KEY');
    });
  });
});
