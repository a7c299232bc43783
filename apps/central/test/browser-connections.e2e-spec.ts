import { describeWith } from '@hansa/testing';
import { complaintsOf, hindrancesOn, startBrowser, type Page, type TestBrowser } from '@hansa/testing/browser';
import { PublishersService } from '#accounts';
import { AuditEntry } from '#audit';
import { MarketClients, MarketProducts } from '#market';
import { anInstance, anOperatorOn, aPublishedPackage, aPublisherClient, startBrowserHub, type TestHub } from '#test';

const SOURCE_URL = 'https://git.example/nord/tool.git';

describeWith('chromium', 'the screens of what is connected to the hub', (chromium) => {
  let hub: TestHub;
  let browser: TestBrowser;
  let page: Page;
  let actor: string;
  let complaints: readonly string[];
  const goto = (path: string) => page.goto(hub.ground.config.hubUrl + path);
  const heading = (name: string) => page.getByRole('heading', { level: 1, name });
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
  const dialog = () => page.getByRole('dialog');
  /** Of what the operator did, latest last. */
  const audited = async (subject: string) =>
    (await hub.database.dataSource.manager.find(AuditEntry, { where: { subject, actor }, order: { id: 'ASC' } })).map(
      ({ action }) => action,
    );

  beforeAll(async () => {
    hub = await startBrowserHub();
    browser = await startBrowser(chromium);
    page = await (await browser.newPerson()).newPage();
    complaints = complaintsOf(page);
    actor = `operator:${(await anOperatorOn(page, hub)).id}`;
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
  });
  afterEach(() => expect(complaints).toEqual([]));

  it('set up a cPanel server, give it another address, disable and enable it', async () => {
    await goto('/operate/market-clients');
    await page.getByText('None yet').waitFor();
    await button('New server').click();
    await page.getByLabel('Name').fill('web1');
    await page.getByRole('combobox', { name: 'Addresses of the server' }).fill('https://web1.example:2083');
    await page.keyboard.press('Enter');
    expect(await hindrancesOn(page)).toEqual([]);
    await button('Create').click();
    await page.getByRole('cell', { name: 'https://web1.example:2083' }).waitFor();
    const clients = hub.app.get(MarketClients, { strict: false });
    const { id } = (await clients.list())[0]!;
    await page.getByText(id).waitFor();

    await button('Change').click();
    await dialog().getByRole('combobox', { name: 'Addresses of the server' }).fill('https://web1.example:2087');
    await page.keyboard.press('Enter');
    await button('Save').click();
    await page.getByRole('cell', { name: /2087/ }).waitFor();
    expect((await clients.require(id)).origins).toEqual(['https://web1.example:2083', 'https://web1.example:2087']);

    await button('Disable').click();
    await dialog().getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Disabled', { exact: true }).waitFor();
    expect(await clients.find(id)).toBeUndefined();
    await button('Enable: web1').click();
    await page.getByText('Active', { exact: true }).waitFor();
    expect(await clients.find(id)).toBeDefined();
    expect(await audited(id)).toEqual([
      'market_client.created',
      'market_client.changed',
      'market_client.changed',
      'market_client.changed',
    ]);
  }, 120_000);

  it('say why the address of a server is refused, and keep what was typed', async () => {
    await goto('/operate/market-clients');
    await button('New server').click();
    await page.getByLabel('Name').fill('web2');
    await page.getByRole('combobox', { name: 'Addresses of the server' }).fill('http://web2.example');
    await page.keyboard.press('Enter');
    await button('Create').click();
    await page.getByText('An origin is https://host:2083').waitFor();
    await button('New server').click();
    expect(await page.getByLabel('Name').inputValue()).toBe('web2');
  }, 120_000);

  it('put packages and certificates on sale in cPanel, change a price, and take them off sale', async () => {
    const publisher = await hub.app.get(PublishersService, { strict: false }).create('Bakery', '@certs', 'test');
    await aPublishedPackage(hub.database, {
      marketplaceId: '@bakery/bread',
      licenseKind: 'one_time',
      priceMinor: 1_900,
    });
    await goto('/operate/market-products');
    await page.getByText('Nothing is on sale in cPanel').waitFor();
    await button('Sell a package').click();
    await dialog().getByRole('combobox', { name: 'Package' }).fill('bread');
    await page.getByRole('option', { name: '@bakery/bread' }).click();
    expect(await hindrancesOn(page)).toEqual([]);
    await button('Put on sale').click();
    await page.getByRole('cell', { name: '€19.00' }).waitFor();

    await button('Sell a certificate').click();
    await dialog().getByLabel('Id').fill('@certs/tls');
    await dialog().getByLabel('Name', { exact: true }).fill('TLS certificate');
    await dialog().getByLabel('Summary for the catalog').fill('For one year.');
    await dialog().getByLabel('Price for each name').fill('12.5');
    expect(await hindrancesOn(page)).toEqual([]);
    await button('Put on sale').click();
    await page.getByRole('cell', { name: '€12.50 per name' }).waitFor();
    await button('Price').click();
    await dialog().getByLabel('Price for each name').fill('14');
    await button('Save').click();
    await page.getByRole('cell', { name: '€14.00 per name' }).waitFor();

    const products = hub.app.get(MarketProducts, { strict: false });
    const rows = await products.list();
    const [bread, tls] = rows.map(({ product }) => product);
    expect(rows.map(({ package: { publisherId } }) => publisherId)[1]).toBe(publisher.id);
    const row = page.getByRole('row').filter({ hasText: '@bakery/bread' });
    await row.getByRole('button', { name: 'Disable' }).click();
    await dialog().getByRole('button', { name: 'Disable' }).click();
    await row.getByText('Disabled', { exact: true }).waitFor();
    expect((await products.list()).map(({ product }) => product.disabledAt === null)).toEqual([false, true]);
    expect(await audited(bread!.id)).toEqual(['market_product.added', 'market_product.changed']);
    expect(await audited(tls!.id)).toEqual(['market_product.added', 'market_product.changed']);
    await button('Sell a package').click();
    await dialog().getByRole('combobox', { name: 'Package' }).fill('bread');
    await page.getByRole('option', { name: '@bakery/bread' }).click();
    await button('Put on sale').click();
    await page.getByText('That did not work').waitFor();
  }, 120_000);

  it('register an extension, give it to a shop, and take it away', async () => {
    const shop = await anInstance(hub.database, { baseUrl: 'https://bakery.example' });
    await goto('/operate/extensions');
    await button('New extension').click();
    await page.getByLabel('Id', { exact: true }).fill('notes');
    await page.getByLabel('Name').fill('Notes');
    await page.getByRole('combobox', { name: 'Its APIs' }).fill('https://api.vendor.example');
    await page.keyboard.press('Enter');
    expect(await hindrancesOn(page)).toEqual([]);
    await button('Create').click();
    await page.getByRole('link', { name: 'Notes' }).click();
    await heading('Notes').waitFor();

    await button('Give to a shop').click();
    await dialog().getByRole('combobox', { name: 'Shop' }).fill('bakery');
    await page.getByRole('option', { name: 'https://bakery.example' }).click();
    await button('Add').click();
    await page.getByRole('cell', { name: 'https://bakery.example' }).waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    const has = () =>
      hub.database.dataSource.query('SELECT 1 FROM extension_installations WHERE instance_id = $1', [shop.id]);
    expect(await has()).toHaveLength(1);
    await button('Remove').click();
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await page.getByText('None yet').waitFor();
    expect(await has()).toHaveLength(0);

    await button('Disable').click();
    await dialog().getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Disabled', { exact: true }).waitFor();
    expect(await audited('notes')).toEqual([
      'extension.registered',
      'extension.installed',
      'extension.uninstalled',
      'extension.changed',
    ]);
  }, 120_000);

  it('follow a Git repository, with its secret shown once, sync it, and follow it no longer', async () => {
    await aPublisherClient(hub);
    await goto('/operate/composer-sources');
    await button('New source').click();
    await dialog().getByRole('combobox', { name: 'Publisher' }).fill('nor');
    await page.getByRole('option', { name: 'Nord' }).click();
    await dialog().getByLabel('Repository').fill(SOURCE_URL);
    await dialog().getByRole('combobox', { name: 'Packages' }).fill('nord/');
    await page.keyboard.press('Enter');
    expect(await hindrancesOn(page)).toEqual([]);
    await button('Add').click();
    const [address, secret] = (await page.locator('[data-secret]').innerText()).split('\n') as [string, string];
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    const id = address.split('/').at(-1)!;
    expect(address).toBe(`${hub.ground.config.hubUrl}/webhooks/composer-sources/${id}`);
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.reload();
    await page.getByText('Pending').waitFor();
    expect(await page.content()).not.toContain(secret);
    await hub.database.takeJobs();

    await button(`Sync now: ${SOURCE_URL}`).click();
    await page.getByText('The sync begins in a moment.').waitFor();
    expect((await hub.database.takeJobs()).map(({ name }) => name)).toEqual(['sync-composer-source']);
    await hub.database.dataSource.query(`UPDATE composer_sources SET last_error = 'GIT_FAILED' WHERE id = $1`, [id]);
    await page.getByRole('link', { name: SOURCE_URL }).click();
    await heading(SOURCE_URL).waitFor();
    await page.getByText('GIT_FAILED').waitFor();
    await page.getByText('Every tag and branch became a version.').waitFor();
    expect(await hindrancesOn(page)).toEqual([]);
    await button('Remove').click();
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await heading('Composer sources').waitFor();
    await page.getByText('None yet').waitFor();
    expect(await audited(id)).toEqual(['composer_source.added', 'composer_source.synced', 'composer_source.removed']);
  }, 120_000);
});
