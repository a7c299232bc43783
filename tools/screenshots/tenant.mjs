import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../prepare.mjs';

const PLUGIN = 'invoice-designer';
const PRODUCT = `@hansa-labs/${PLUGIN}`;
const at = (path) => (demo) => `${demo.tenant_url}/marketplace${path}`;

/** The pages of the shop's marketplace tab, and how to get to see something on them. */
export const tenant = {
  name: 'tenant',

  /** Buys what `npm run demo` buys, so that there is a plugin, a license, and something in every list. */
  async seed({ hub_url: hub, tenant_url: shop, stripe_url: stripe }, dataDir) {
    const port = (url) => new URL(url).port;
    const ports = { HUB_PORT: port(hub), TENANT_PORT: port(shop), STRIPE_PORT: port(stripe) };
    const env = { ...process.env, ...ports, DATA_DIR: dataDir };
    await promisify(execFile)(process.execPath, [join(ROOT, 'tools/demo.mjs')], { env });
  },

  /** Signs a browser in as the shop's admin. */
  async signIn(person, { tenant_url: url, tenant_admin: data }) {
    const response = await person.request.post(`${url}/auth/session`, { data });
    if (!response.ok()) throw new Error(`the shop refused the sign-in: ${response.status()}`);
  },

  pages: [
    { name: 'sign-in', as: 'nobody', path: at('') },
    { name: 'browse', path: at('') },
    { name: 'nothing-found', path: at('?q=nothing-like-this') },
    { name: 'product', path: at(`/p/@hansa-labs/loyalty-points`) },
    { name: 'product-installed', path: at(`/p/${PRODUCT}`) },
    {
      name: 'buy',
      path: at('/p/@hansa-labs/loyalty-points'),
      act: (page) => page.getByRole('button', { name: /^Buy/ }).click(),
    },
    {
      name: 'purchase',
      path: at('/purchase'),
      act: async (page) => {
        const purchase = { marketplaceId: '@hansa-labs/loyalty-points', name: 'Loyalty Points', version: '1.0.0' };
        const kept = JSON.stringify({ ...purchase, startedAt: new Date().toISOString() });
        await page.evaluate((value) => localStorage.setItem('hansa-purchase', value), kept);
        await page.goto(new URL('/marketplace/purchase', page.url()).href);
        await page.getByText('Waiting for the payment').waitFor();
        await page.evaluate(() => localStorage.removeItem('hansa-purchase'));
      },
    },
    { name: 'installed', path: at('/installed') },
    { name: 'plugin', path: at(`/installed/${PLUGIN}`) },
    { name: 'plugin-settings', path: at(`/installed/${PLUGIN}?tab=settings`) },
    { name: 'plugin-versions', path: at(`/installed/${PLUGIN}?tab=versions`) },
    {
      name: 'uninstall',
      path: at(`/installed/${PLUGIN}`),
      act: (page) => page.getByRole('button', { name: 'Uninstall' }).click(),
    },
    { name: 'updates', path: at('/updates') },
    { name: 'licenses', path: at('/licenses') },
    {
      name: 'licenses-offline',
      path: at('/licenses'),
      act: async (page) => {
        await page.getByRole('button', { name: 'Without a connection to the hub' }).click();
        await page.getByLabel('Answer of the hub').waitFor();
      },
    },
    { name: 'activity', path: at('/activity') },
    {
      name: 'activity-jobs',
      path: at('/activity'),
      act: (page) => page.getByRole('tab', { name: 'Installations' }).click(),
    },
    {
      name: 'activity-deliveries',
      path: at('/activity'),
      act: (page) => page.getByRole('tab', { name: 'From the hub' }).click(),
    },
    {
      name: 'job',
      path: at('/activity'),
      act: async (page) => {
        await page.getByRole('tab', { name: 'Installations' }).click();
        await page.getByRole('link', { name: /Installation:/ }).click();
        await page.getByText('is installed and well').waitFor();
      },
    },
    { name: 'privacy', path: at('/privacy') },
    { name: 'settings', path: at('/settings') },
    { name: 'not-found', path: at('/nothing') },
  ],
};
