import { X509Certificate } from 'node:crypto';
import { Clock } from '@hansa/platform';
import { eventually, FakeAcme, startTestHub, type FixedClock, type TestHub } from '#test';
import { answerAbout, CertificateOrder, CertificatesService } from '#certificates';
import { aCsr, startSite, type TestSite } from './support/certificates.js';
import { aHubProcess, type HubProcess } from './support/hub-process.js';

const ID = 'oi_0000000000000000000000000000dead';
const NAME = 'shop.example';
/** What the worker is asking the CA at the moment it dies; each once. */
const DEATHS = ['/new-order', '/challenge', '/finalize', '/certificate'];

describe('a worker that is killed while it talks to the CA', () => {
  let hub: TestHub;
  let site: TestSite;
  let acme: FakeAcme;
  let worker: HubProcess;
  const db = () => hub.database.dataSource.manager;

  beforeEach(async () => {
    site = await startSite();
    acme = await new FakeAcme(new Map([[NAME, site.address]])).start();
    // The queue keeps real time, so this hub does too.
    hub = await startTestHub({ clock: new Clock() as FixedClock });
    worker = aHubProcess({
      role: 'worker',
      databaseUrl: hub.database.url,
      env: {
        HUB_URL: hub.ground.config.hubUrl,
        CERTIFICATE_ISSUER: 'acme',
        ACME_DIRECTORY_URL: acme.directoryUrl,
        CERTIFICATE_TEST_HOSTS: `${NAME}=${site.address}`,
      },
    });
  });
  afterEach(async () => {
    await worker.remove();
    await hub.close();
    await acme.close();
    await site.close();
  });

  it('loses nothing: the next one ends with one certificate, from one order that counts', async () => {
    const deaths = [...DEATHS];
    let death: Promise<void> | undefined;
    acme.onRequest = (path) => {
      if (deaths.length === 0 || !path.startsWith(deaths[0]!)) return;
      deaths.shift();
      death = worker.kill();
    };
    const service = hub.app.get(CertificatesService, { strict: false });
    const csr = await aCsr(NAME);
    site.put(await service.prepare(csr));
    await hub.database.dataSource.transaction(async (tx) => {
      await service.place(tx, { id: ID, csr }, 'test');
      await service.paymentAuthorized(tx, ID, 'test');
    });

    await worker.start();
    const pem = await eventually(
      'the certificate is there',
      async () => {
        if (death) {
          await death;
          death = undefined;
          await worker.start();
        }
        for (const file of (await answerAbout(db(), ID))!.http_files)
          site.put({ relativePath: file.relative_path, filename: file.filename, content: file.content });
        const order = await db().findOneByOrFail(CertificateOrder, { id: ID });
        return order.certificatePem;
      },
      300_000,
    );
    expect(deaths).toEqual([]);
    expect(new X509Certificate(pem).checkHost(NAME)).toBe(NAME);
    const { issuerOrders } = await db().findOneByOrFail(CertificateOrder, { id: ID });
    expect([issuerOrders, acme.orderCount]).toEqual([1, 2]);
    const jobs: { task_identifier: string }[] = await db().query(
      `SELECT task_identifier FROM graphile_worker.jobs WHERE key = 'settle:${ID}'`,
    );
    expect(jobs).toEqual([{ task_identifier: 'settle-certificate' }]);
  }, 360_000);
});
