import { randomUUID } from 'node:crypto';
import { extensionAuth, type ExtensionAuth } from '@hansa/extension-auth';
import { issueExternalToken } from '@hansa/external-auth/issuer';
import { xsrfTokenOf } from '#accounts';
import { ExternalIssuers } from '#external-auth';
import { Extensions } from '#secure-tokens';
import { anInstance } from './commerce.js';
import { cookiesOf, PORTAL_URL, startPortalHub, type PortalHub } from './portal.js';

export const EXTENSION_API = 'https://api.vendor.example';
export const ISSUE_TOKEN = `mutation ($input: IssueExtensionTokenInput!) {
  issueExtensionToken(input: $input) { token expiresAt expiresIn tokenType } }`;

export const SESSION_COOKIE = '__Host-hansa-session';

/** What a GraphQL request is answered with. */
export interface GraphqlAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: { message: string; extensions: { code: string } }[];
}

/** The coded error of an answer; undefined when there is none. */
export const graphqlCodeOf = ({ errors }: GraphqlAnswer) => errors?.[0]?.extensions.code;

/** What an extension is registered with. */
export const extensionSettings = (changes: object = {}) => ({
  name: 'Notes',
  apiOrigins: [EXTENSION_API],
  frontendOrigins: ['https://app.vendor.example'],
  frontendUrl: 'https://app.vendor.example/index.html',
  marketplaceId: null,
  ...changes,
});

/** The headers of a page of the hub in which somebody is signed in. */
export const pageHeaders = (session: string): Record<string, string> => ({
  origin: PORTAL_URL,
  'content-type': 'application/json',
  cookie: `${SESSION_COOKIE}=${session}; XSRF-TOKEN=${xsrfTokenOf(session)}`,
  'x-xsrf-token': xsrfTokenOf(session),
});

/** A hub with a shop that has the extension `notes`, and a member of it who is signed in. */
export async function startExtensionShop(): Promise<ExtensionShop> {
  const hub = await startPortalHub();
  const shop = new ExtensionShop(hub, (await anInstance(hub.database)).id);
  await shop.signInAnew();
  await shop.install('notes');
  return shop;
}

export class ExtensionShop {
  /** Of a member of the shop. */
  session = '';

  constructor(
    readonly hub: PortalHub,
    readonly id: string,
  ) {}

  async signInAnew(): Promise<void> {
    this.session = await this.signIn();
  }

  /** The session of a new person, who is a member of the shop named, if any. */
  async signIn(instanceId: string | null = this.id): Promise<string> {
    const name = `platform ${randomUUID()}`;
    const settings = {
      redirectUrl: 'https://intranet.example/',
      logoutUrl: null,
      defaultPath: '/portal',
      readerExitOrigins: [],
      maxLifeSeconds: 300,
      instanceId,
    };
    const { key } = await this.hub.app.get(ExternalIssuers, { strict: false }).create(name, settings, 'test');
    const user = { uuid: randomUUID(), email: `${randomUUID()}@shop.example` };
    const token = issueExternalToken({ issuer: name, key: key.secret, user }, this.hub.clock.now());
    const path = `/auth/token?external-auth-token=${token}`;
    return cookiesOf(await fetch(this.hub.url + path, { redirect: 'manual' }))[SESSION_COOKIE]!;
  }

  /** Registers an extension and installs it in this shop or another. */
  async install(id: string, changes: object = {}, instanceId = this.id): Promise<void> {
    const extensions = this.hub.app.get(Extensions, { strict: false });
    await extensions.register(id, extensionSettings(changes), 'test');
    await extensions.install(id, instanceId, true, 'test');
  }

  post(body: unknown, headers = pageHeaders(this.session)): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(`${this.hub.url}/api/graphql`, { method: 'POST', headers, body: text });
  }

  async ask(query: string, variables: object = {}, headers?: Record<string, string>): Promise<GraphqlAnswer> {
    return (await (await this.post({ query, variables }, headers)).json()) as GraphqlAnswer;
  }

  issue(input: object, session = this.session): Promise<GraphqlAnswer> {
    return this.ask(ISSUE_TOKEN, { input }, pageHeaders(session));
  }

  /** Why no token is issued; undefined when one is. */
  async codeOf(input: object, session = this.session): Promise<string | undefined> {
    return graphqlCodeOf(await this.issue(input, session));
  }

  async tokenFor(extensionId = 'notes'): Promise<string> {
    const { data } = await this.issue({ extensionId });
    return (data!['issueExtensionToken'] as { token: string }).token;
  }

  async accountOf(session = this.session): Promise<string> {
    return ((await this.ask('{ viewer { id } }', {}, pageHeaders(session))).data!['viewer'] as { id: string }).id;
  }

  /** What the browser of the member shows of a page. */
  open(path: string, cookie = `${SESSION_COOKIE}=${this.session}`): Promise<Response> {
    return fetch(this.hub.url + path, { headers: { cookie } });
  }

  async signOut(session: string): Promise<void> {
    const headers = { cookie: `${SESSION_COOKIE}=${session}` };
    await fetch(`${this.hub.url}/auth/logout`, { method: 'POST', headers, redirect: 'manual' });
  }

  /** A third-party API that gets its keys from this hub, as if it were reached under its public name. */
  anApi(audience = EXTENSION_API, options: object = {}): ExtensionAuth {
    return extensionAuth({
      audience,
      marketplaces: [{ issuer: PORTAL_URL, tenants: 'any' }],
      fetch: async (url) => fetch(url.replace(PORTAL_URL, this.hub.url)),
      now: () => this.hub.clock.now(),
      ...options,
    });
  }

  verify(token: string, api = this.anApi()): ReturnType<ExtensionAuth['authenticate']> {
    return api.authenticate({ 'mp-authorization': token });
  }
}
