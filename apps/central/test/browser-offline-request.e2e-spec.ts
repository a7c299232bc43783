import { readFile } from 'node:fs/promises';
import { newId } from '@hansa/platform';
import { generateEd25519, licenseRequestText, readLicenseResponse } from '@hansa/trust';
import { describeWith } from '@hansa/testing';
import { complaintsOf, hindrancesOn, startBrowser, type TestBrowser } from '@hansa/testing/browser';
import { LicensesService } from '#licenses';
import { aLicenseRequest, anInstance, aPaidPackage, asInstance, askBytes, startBrowserHub, type TestHub } from '#test';

describeWith('chromium', 'the portal page for shops without a connection', (chromium) => {
  let hub: TestHub;
  let browser: TestBrowser;
  beforeAll(async () => {
    hub = await startBrowserHub();
    browser = await startBrowser(chromium);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
  });

  it('takes a typed request and gives the answer to carry back, as lines and as a file', async () => {
    const shop = await anInstance(hub.database);
    const { id: packageId } = await aPaidPackage(hub.database);
    const terms = { packageId, kind: 'one_time', billingInterval: null, customerEmail: 'a@b.example' } as const;
    const licenses = hub.app.get(LicensesService, { strict: false });
    const [issued] = await licenses.issueMany({ ...terms, instanceId: shop.id, actor: 'test' }, 1);
    const offline = { id: newId('inst'), privateJwk: generateEd25519().privateJwk };
    const request = licenseRequestText(await aLicenseRequest(hub, issued!.licenseKey, offline));
    const link = await askBytes(hub, '/store/marketplace/portal-links', await asInstance(hub, shop), {
      method: 'POST',
    });

    const person = await browser.newPerson();
    const page = await person.newPage();
    const complaints = complaintsOf(page);
    await page.goto(link.json().url);
    await page.getByRole('button').first().click();
    await page.waitForURL((url) => !url.pathname.includes('sign-in'));
    await page.goto(`${hub.ground.config.hubUrl}/merchant/licenses`);
    const answer = page.getByRole('button', { name: 'Answer it' });
    await answer.waitFor();
    expect(await answer.isDisabled()).toBe(true);
    await page.getByLabel('License request').fill(request.toLowerCase());
    await answer.click();
    const lines = await page.getByRole('status').locator('pre').innerText();
    const saving = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save the file' }).click();
    const file = await readFile(await (await saving).path(), 'utf8');
    expect(readLicenseResponse(lines).request).toBe(readLicenseResponse(file).request);
    expect(JSON.parse(file)).toMatchObject({ license_id: issued!.license.id, instance_id: offline.id });
    expect(await hindrancesOn(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await person.close();
  }, 60_000);
});
