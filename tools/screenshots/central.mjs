/** The pages of the hub, and how to get to see something on them. */
import { merchantLink, seedHub } from './central-seed.mjs';

const page = (name, path, as = 'operator') => ({ name, as, path: (demo) => demo.hub_url + path });
/** Charts are drawn by code that comes last. */
const withCharts = (shown) => ({ ...shown, act: (tab) => tab.locator('svg.recharts-surface').first().waitFor() });

export const central = {
  name: 'central',
  seed: seedHub,
  /** Signs a browser in: the operator, who publishes too, with his password; the merchant with a link. */
  async signIn(person, demo, as) {
    const { hub_url: url, operator: data } = demo;
    const response =
      as === 'merchant'
        ? await person.request.post(`${url}/portal/sign-in?token=${await merchantLink(demo)}`, { maxRedirects: 0 })
        : await person.request.post(`${url}/account/session`, { data });
    if (response.status() >= 400) throw new Error(`the hub refused the sign-in: ${response.status()}`);
  },
  pages: [
    page('store', '/', 'nobody'),
    page('store-product', '/plugins/@hansa-labs/invoice-designer', 'nobody'),
    page('store-sign-in', '/sign-in', 'nobody'),
    page('store-register', '/register', 'nobody'),
    page('store-forgot-password', '/forgot-password', 'nobody'),
    page('store-nowhere', '/nowhere', 'nobody'),
    page('refused-link', '/portal/sign-in', 'nobody'),
    page('reset-password', '/account/reset-password', 'nobody'),
    page('agreement', '/agreement', 'nobody'),
    page('sign-in', '/operate', 'nobody'),
    page('merchant-sign-in', '/merchant/licenses', 'nobody'),
    page('merchant-licenses', '/merchant/licenses', 'merchant'),
    page('merchant-payments', '/merchant/payments', 'merchant'),
    page('merchant-invoices', '/merchant/invoices', 'merchant'),
    page('merchant-shops', '/merchant/shops', 'merchant'),
    page('settings', '/settings'),
    page('publish-overview', '/publish/overview'),
    page('publish-packages', '/publish/packages'),
    page('publish-listing', '/publish/packages/@hansa-labs/invoice-designer'),
    page('publish-deprecated', '/publish/packages/@hansa-labs/seo-essentials'),
    page('publish-releases', '/publish/releases'),
    page('publish-release', '/publish/releases/rel_shot_1'),
    page('publish-release-halted', '/publish/releases/rel_shot_halted'),
    page('publish-upload', '/publish/upload'),
    withCharts(page('publish-earnings', '/publish/earnings')),
    page('publish-keys', '/publish/keys'),
    page('publish-tokens', '/publish/tokens'),
    page('publish-team', '/publish/team'),
    withCharts(page('operate-overview', '/operate/overview')),
    page('operate-reviews', '/operate/reviews'),
    page('operate-review', '/operate/reviews/rel_shot_1'),
    page('operate-packages', '/operate/packages'),
    page('operate-package', '/operate/packages/@hansa-labs/invoice-designer'),
    page('operate-advisories', '/operate/advisories'),
    page('operate-publishers', '/operate/publishers'),
    page('operate-instances', '/operate/instances'),
    page('operate-deliveries', '/operate/deliveries'),
    page('operate-delivery', '/operate/deliveries/dly_shot_7'),
    page('operate-jobs', '/operate/jobs'),
    page('operate-mails', '/operate/mails'),
    page('operate-audit', '/operate/audit'),
    page('operate-market-clients', '/operate/market-clients'),
    page('operate-market-products', '/operate/market-products'),
    page('operate-extensions', '/operate/extensions'),
    page('operate-extension', '/operate/extensions/shot'),
    page('operate-composer-sources', '/operate/composer-sources'),
    page('operate-composer-source', '/operate/composer-sources/src_shot'),
    page('operate-publishable-keys', '/operate/publishable-keys'),
    page('operate-management-tokens', '/operate/management-tokens'),
    page('operate-issuers', '/operate/issuers'),
    page('operate-hub-keys', '/operate/keys'),
  ],
};
