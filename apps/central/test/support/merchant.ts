import type { Package } from '#catalog';
import { License, LicensesService } from '#licenses';
import { askBytes } from './ask-bytes.js';
import { asInstance, type TestInstance } from './commerce.js';
import type { TestHub } from './harness.js';
import { doJobs } from './jobs.js';
import { newMails } from './mailbox.js';
import { cookiesOf } from './portal.js';

/** A browser in the merchant portal, with its cookies. */
export class PortalVisitor {
  private cookies: Record<string, string> = {};

  constructor(private readonly hub: TestHub) {}

  private header(): Record<string, string> {
    const pairs = Object.entries(this.cookies).filter(([, value]) => value !== '');
    return pairs.length === 0 ? {} : { cookie: pairs.map(([name, value]) => `${name}=${value}`).join('; ') };
  }

  /** Follows a sign-in link and presses the button. */
  async follow(link: string, headers: Record<string, string> = {}): Promise<number> {
    const { pathname, search } = new URL(link);
    const response = await fetch(`${this.hub.url}${pathname}${search}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...this.header(), ...headers },
    });
    Object.assign(this.cookies, cookiesOf(response));
    return response.status;
  }

  async call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const xsrf = this.cookies['XSRF-TOKEN'];
    const answer = await askBytes(
      this.hub,
      path,
      {
        ...this.header(),
        ...(xsrf ? { 'x-xsrf-token': xsrf } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      { method, ...(body ? { body: JSON.stringify(body) } : {}) },
    );
    return { status: answer.status, body: answer.body.length > 0 ? answer.json() : undefined };
  }

  /** Where a link of the portal leads; undefined when it leads nowhere. */
  async leadsTo(path: string): Promise<string | undefined> {
    return (await askBytes(this.hub, path, this.header())).headers.location;
  }

  get session(): string | undefined {
    return this.cookies['hansa-session'];
  }
}

/** Somebody signed in with an address the hub knows. */
export async function aMerchant(hub: TestHub, email: string): Promise<PortalVisitor> {
  const merchant = new PortalVisitor(hub);
  await merchant.call('POST', '/portal/sign-in-links', { email });
  await doJobs(hub);
  const letter = newMails(hub.ground).find(({ to, text }) => to === email && text.includes('/portal/sign-in'));
  const status = await merchant.follow(/http\S+\/portal\/sign-in\?token=\S+/.exec(letter!.text)![0]);
  if (status !== 303) throw new Error(`signing in answered ${status}`);
  return merchant;
}

/** The link with which the admins of a shop open the portal. */
export async function aShopLink(hub: TestHub, shop: TestInstance): Promise<string> {
  const headers = await asInstance(hub, shop);
  return (await askBytes(hub, '/store/marketplace/portal-links', headers, { method: 'POST' })).json().url as string;
}

let people = 0;
const anAddress = () => `person-${(people += 1)}@shop.example`;

/** Somebody who followed the letter with which `host` invited him to a shop. */
export async function anInvited(
  hub: TestHub,
  host: PortalVisitor,
  shop: TestInstance,
  role: 'admin' | 'member',
): Promise<PortalVisitor> {
  const email = anAddress();
  const { status } = await host.call('POST', `/portal/api/shops/${shop.id}/members`, { email, role });
  if (status !== 204) throw new Error(`inviting answered ${status}`);
  await doJobs(hub);
  const visitor = new PortalVisitor(hub);
  const letter = newMails(hub.ground).find(({ to }) => to === email);
  await visitor.follow(/http\S+token=\S+/.exec(letter!.text)![0]);
  return visitor;
}

/** A license that somebody has, of a shop or of none yet; `overrides` are what is otherwise about it. */
export async function aBuyer(hub: TestHub, item: Package, shop: TestInstance | null, overrides: Partial<License> = {}) {
  const email = anAddress();
  const { license, licenseKey } = await hub.database.dataSource.transaction((tx) =>
    hub.app.get(LicensesService, { strict: false }).issue(tx, {
      orderId: null,
      packageId: item.id,
      kind: 'one_time',
      billingInterval: null,
      customerEmail: email,
      instanceId: shop?.id ?? null,
      actor: 'test',
    }),
  );
  await hub.database.takeJobs();
  if (Object.keys(overrides).length > 0)
    await hub.database.dataSource.manager.update(License, { id: license.id }, overrides);
  return { email, licenseId: license.id, licenseKey };
}
