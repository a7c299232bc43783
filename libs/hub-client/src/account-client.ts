import { AgreementView, IssuedToken, NamespaceView, PublisherKeyView, PublisherView } from '@hansa/contracts';
import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { HubProblem } from './hub-problem.js';
import { HubUnreachable } from './hub-unreachable.js';
import { readAnswer, readBody, readRefusal } from './read-answer.js';

export interface AccountClientOptions {
  /** Where the hub is: `https://hub.example`. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

class OwnPublisher {
  @IsString() publisher_id!: string;
}

class OwnAccount {
  @IsArray() @ValidateNested({ each: true }) @Type(() => OwnPublisher) publishers!: OwnPublisher[];
}

class OwnKeys {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PublisherKeyView) items!: PublisherKeyView[];
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Of the authenticator app, when the account has a second factor. */
  readonly code?: string | undefined;
}

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * What a person with an account does at the hub to become a publisher. Signing in keeps the session in this object alone.
 *
 * Every method throws {@link HubProblem} when the hub refuses and {@link HubUnreachable} when there is no usable answer.
 */
export class AccountClient {
  private readonly baseUrl: string;
  private headers: Readonly<Record<string, string>> = {};

  constructor(private readonly options: AccountClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
  }

  /** Asks for an account; a letter follows. */
  async register({ email, password }: Credentials): Promise<void> {
    await this.call('POST', '/account', { email, password });
  }

  /** Proves the address with the code from the letter. */
  async verify(code: string): Promise<void> {
    await this.call('POST', '/account/verify', { code });
  }

  async signIn(credentials: Credentials): Promise<void> {
    const { response } = await this.call('POST', '/account/session', credentials);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]!);
    const xsrf = cookies.find((cookie) => cookie.startsWith('XSRF-ACCOUNT='))?.slice('XSRF-ACCOUNT='.length) ?? '';
    this.headers = { cookie: cookies.join('; '), 'x-xsrf-token': xsrf };
  }

  async signOut(): Promise<void> {
    await this.call('DELETE', '/account/session');
    this.headers = {};
  }

  /** The agreement in force. */
  async agreement(): Promise<AgreementView> {
    return readAnswer(AgreementView, (await this.call('GET', '/account/agreement')).bytes);
  }

  /** Makes a publisher owned by the account; what follows acts for it. */
  async registerPublisher(name: string, agreementVersion: string): Promise<PublisherView> {
    const body = { name, agreement_version: agreementVersion };
    const publisher = readAnswer(PublisherView, (await this.call('POST', '/account/publishers', body)).bytes);
    this.headers = { ...this.headers, 'x-publisher-id': publisher.id };
    return publisher;
  }

  /**
   * What follows acts for this publisher of the account, or for its only one when none is named.
   *
   * @returns the publisher's id; undefined when the account has none, or several and none was named
   */
  async actFor(publisherId?: string): Promise<string | undefined> {
    const { publishers } = readAnswer(OwnAccount, (await this.call('GET', '/account')).bytes);
    const [only, second] = publishers;
    const id = publisherId ?? (second === undefined ? only?.publisher_id : undefined);
    if (id !== undefined) this.headers = { ...this.headers, 'x-publisher-id': id };
    return id;
  }

  /** Every key of the publisher, those that are over too. */
  async keys(): Promise<PublisherKeyView[]> {
    return readAnswer(OwnKeys, (await this.call('GET', '/publisher/keys')).bytes).items;
  }

  /** Ends a key at once. */
  async revokeKey(kid: string, reason: string): Promise<PublisherKeyView> {
    const path = `/publisher/keys/${encodeURIComponent(kid)}/revoke`;
    return readAnswer(PublisherKeyView, (await this.call('POST', path, { reason })).bytes);
  }

  async claimNamespace(namespace: string): Promise<NamespaceView> {
    return readAnswer(NamespaceView, (await this.call('POST', '/publisher/namespaces', { namespace })).bytes);
  }

  /** Adds a key; `publicKey` is the text of a JWK. */
  async addKey(name: string, publicKey: string): Promise<PublisherKeyView> {
    const body = { name, public_key: publicKey };
    return readAnswer(PublisherKeyView, (await this.call('POST', '/publisher/keys', body)).bytes);
  }

  /** Makes a token that can publish and do nothing else. */
  async issueToken(name: string, days: number): Promise<IssuedToken> {
    const body = { name, days, scopes: ['releases:read', 'releases:write', 'listings:write'] };
    return readAnswer(IssuedToken, (await this.call('POST', '/publisher/tokens', body)).bytes);
  }

  private async call(method: string, path: string, body?: object): Promise<{ response: Response; bytes: Buffer }> {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await this.options.fetch(this.baseUrl + path, {
        method,
        headers: {
          accept: 'application/json',
          ...this.headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        // A redirect would carry password and session to whoever the answer names.
        redirect: 'error',
        signal: limit,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const bytes = await readBody(response, MAX_ANSWER_BYTES);
      if (!response.ok) throw readRefusal(response, bytes);
      return { response, bytes };
    } catch (error) {
      if (error instanceof HubProblem || error instanceof HubUnreachable) throw error;
      const message = limit.aborted ? 'The hub did not answer in time.' : 'The hub cannot be reached.';
      throw new HubUnreachable(limit.aborted ? 'TIMEOUT' : 'NETWORK', message, { cause: error });
    }
  }
}
