import { randomUUID } from 'node:crypto';
import { issueExternalToken } from '@hansa/external-auth/issuer';
import { ExternalIssuers } from '#external-auth';
import { cookiesOf, startPortalHub, type PortalHub } from './portal.js';

/** Name of the platform whose people come. */
export const PLATFORM = 'intranet';
export const SESSION = '__Host-hansa-session';
/** Where its refused people are led. */
export const FAILURE = 'https://intranet.example/login?from=hub';

export interface TokenParts {
  readonly uuid?: string;
  readonly email?: string | undefined;
  readonly intendedUrl?: string;
  readonly issuer?: string;
  readonly secret?: string;
  readonly readerExitUrl?: string;
}

/** A hub for the tests of this file that knows one platform, and what its people do. */
export function usePlatform() {
  let hub: PortalHub;
  let known: { readonly id: string; readonly key: { readonly kid: string; readonly secret: string } };

  /** Another platform. */
  const anIssuer = async (name: string, changes: object = {}) => {
    const settings = {
      redirectUrl: FAILURE,
      logoutUrl: 'https://intranet.example/bye',
      defaultPath: '/portal',
      readerExitOrigins: ['https://intranet.example'],
      maxLifeSeconds: 300,
      instanceId: null,
      ...changes,
    };
    const { key, issuer } = await hub.app.get(ExternalIssuers, { strict: false }).create(name, settings, 'test');
    return { key, id: issuer.id };
  };
  beforeAll(async () => {
    hub = await startPortalHub();
    known = await anIssuer(PLATFORM);
  });
  afterAll(() => hub.close());

  const aToken = ({
    uuid = randomUUID(),
    issuer = PLATFORM,
    secret = known.key.secret,
    email,
    ...pages
  }: TokenParts = {}) => {
    const user = { uuid, ...(email === undefined ? {} : { email }) };
    return issueExternalToken({ issuer, key: secret, user, ...pages }, hub.clock.now());
  };
  const visit = (path: string, init: RequestInit = {}) => fetch(`${hub.url}${path}`, { redirect: 'manual', ...init });
  return {
    get hub() {
      return hub;
    },
    get key() {
      return known.key;
    },
    get issuerId() {
      return known.id;
    },
    anIssuer,
    aToken,
    visit,
    arrive: (token: string, init: RequestInit = {}) =>
      visit(`/auth/token?external-auth-token=${encodeURIComponent(token)}`, init),
    errorOf: (response: Response) => new URL(response.headers.get('location')!).searchParams.get('error'),
    sessionOf: (response: Response) => cookiesOf(response)[SESSION],
    /** What the portal calls whoever has this session; undefined when that is nobody. */
    async whoIs(session: string | undefined): Promise<string | undefined> {
      const response = await visit('/portal', { headers: { cookie: `${SESSION}=${session}` } });
      return response.status === 200 ? /id="who">([^<]*)</.exec(await response.text())?.[1] : undefined;
    },
  };
}
