import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Release } from '#catalog';
import { aPublisherClient, aSignedPackage, eventually, startTestHub, type PublisherClient, type TestHub } from '#test';

let hub: TestHub;
let dataDir: string;
let publisher: PublisherClient;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hansa-uploads-'));
  hub = await startTestHub({ config: { dataDir } });
  publisher = await aPublisherClient(hub);
  await publisher.putListing('@nord/hello');
});
afterEach(async () => {
  await hub.close();
  await rm(dataDir, { recursive: true, force: true });
});

const incoming = () => {
  const folder = join(dataDir, 'artifacts', 'incoming');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Sends the first half of a body that says it is whole, then hangs up. */
function cutOff(zip: Buffer, signature: string): Promise<void> {
  return new Promise((resolve) => {
    const headers = {
      authorization: publisher.authorization,
      'content-type': 'application/zip',
      'content-length': zip.length,
      'x-release-signature': signature,
    };
    const call = request(`${hub.url}/publisher/releases`, { method: 'POST', headers });
    call.on('error', () => resolve());
    call.write(zip.subarray(0, zip.length / 2), () => setTimeout(() => call.destroy(), 100));
  });
}

describe('an upload', () => {
  it('that is cut off leaves nothing, and succeeds when it is repeated', async () => {
    const made = await aSignedPackage(publisher.key);
    await cutOff(made.zip, made.signature);
    await eventually('the part is gone', async () => incoming().length === 0);
    expect(await hub.database.dataSource.manager.count(Release)).toBe(0);
    expect(await hub.database.takeJobs()).toEqual([]);
    expect((await publisher.submit(made)).status).toBe(201);
    await hub.database.takeJobs();
  });

  it('of a version that arrives twice at once with different bytes is taken once', async () => {
    const one = await aSignedPackage(publisher.key, { files: { 'a.txt': 'one' } });
    const two = await aSignedPackage(publisher.key, { files: { 'a.txt': 'two' } });
    const answers = await Promise.all([publisher.submit(one), publisher.submit(two)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)!.json()).toMatchObject({ code: 'VERSION_TAKEN' });
    expect(await hub.database.dataSource.manager.count(Release)).toBe(1);
    await hub.database.takeJobs();
  });

  it('with the signature of another package is refused', async () => {
    const hello = await aSignedPackage(publisher.key);
    await publisher.putListing('@nord/other');
    const other = await aSignedPackage(publisher.key, { manifest: { marketplace_id: '@nord/other', id: 'other' } });
    expect((await publisher.submit({ zip: other.zip, signature: hello.signature })).json()).toMatchObject({
      code: 'STATEMENT_MISMATCH',
    });
    expect(await hub.database.dataSource.manager.count(Release)).toBe(0);
  });
});
