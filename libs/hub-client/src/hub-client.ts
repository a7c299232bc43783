import {
  CheckoutSessionResponse,
  DownloadResponse,
  FeedResponse,
  HEADERS,
  InboxResponse,
  PortalLink,
  ProductResponse,
  RegisterInstanceResponse,
  UpdatesResponse,
  VerifyLicenseResponse,
  type CheckoutSessionRequest,
  type FeedQuery,
  type InboxQuery,
  type RegisterInstanceRequest,
  type UpdatesRequest,
  type ReportOutcomeRequest,
  type VerifyLicenseRequest,
} from '@hansa/contracts';
import { HubProblem } from './hub-problem.js';
import { HubUnreachable } from './hub-unreachable.js';
import { HubKeys } from './jwks.js';
import { RotatedSecret } from './rotated-secret.js';
import { pathOf, readAnswer, readBody, readRefusal } from './read-answer.js';

export interface HubClientOptions {
  /** Where the hub is, without a slash at the end: `https://hub.example`. */
  readonly baseUrl: string;
  /** `pk_…`; sent with every request when given. */
  readonly publishableKey?: string | undefined;
  /** How requests leave: the shop hands in the one that keeps its ledger. */
  readonly fetch: typeof fetch;
  /** Whole exchange, in milliseconds. */
  readonly timeoutMs?: number;
  /** The longest answer that is read. */
  readonly maxBytes?: number;
}

/** What a paid download needs: the key, and the sealed id of the instance that holds the seat. */
export interface DownloadCredentials {
  readonly licenseKey: string;
  readonly instanceId: string;
}

interface Call {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly query?: object;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
const STORE = '/store/marketplace';

/**
 * The hub's endpoints (federation.md §2), one method each. Answers are checked against the contract and read tolerantly.
 *
 * Every method throws {@link HubProblem} when the hub refuses and {@link HubUnreachable} when there is no usable answer.
 */
export class HubClient {
  readonly baseUrl: string;

  constructor(private readonly options: HubClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
  }

  async feed(query: FeedQuery = {}): Promise<FeedResponse> {
    return this.ask(FeedResponse, { path: `${STORE}/feed`, query });
  }

  async product(marketplaceId: string): Promise<ProductResponse> {
    return this.ask(ProductResponse, { path: `${STORE}/feed/${pathOf(marketplaceId)}` });
  }

  /** Asks by POST, so that a long list of plugins fits. */
  async updates(request: UpdatesRequest): Promise<UpdatesResponse> {
    return this.ask(UpdatesResponse, { method: 'POST', path: `${STORE}/updates`, body: request });
  }

  /** Where the bytes of a release are. `version` may be `latest`; paid items need `credentials`. */
  async download(marketplaceId: string, version: string, credentials?: DownloadCredentials): Promise<DownloadResponse> {
    return this.ask(DownloadResponse, {
      path: `${STORE}/download/${pathOf(marketplaceId)}/${encodeURIComponent(version)}`,
      headers: credentials
        ? { [HEADERS.licenseKey]: credentials.licenseKey, [HEADERS.instanceId]: credentials.instanceId }
        : {},
    });
  }

  /** Opens Stripe's page for one order; the same `idempotencyKey` within a day opens no second one. */
  async checkout(request: CheckoutSessionRequest, idempotencyKey?: string): Promise<CheckoutSessionResponse> {
    return this.ask(CheckoutSessionResponse, {
      method: 'POST',
      path: `${STORE}/checkout/session`,
      body: request,
      headers: idempotencyKey ? { [HEADERS.idempotencyKey]: idempotencyKey } : {},
    });
  }

  /** The hub's verdict on a license: a value, never an exception, whatever it is. */
  async verifyLicense(request: VerifyLicenseRequest): Promise<VerifyLicenseResponse> {
    return this.ask(VerifyLicenseResponse, { method: 'POST', path: `${STORE}/license/verify`, body: request });
  }

  /** Makes the instance known, or updates it: then `token`, signed with the instance's key, proves who asks. */
  async registerInstance(request: RegisterInstanceRequest, token?: string): Promise<RegisterInstanceResponse> {
    const headers = token === undefined ? {} : bearer(token);
    return this.ask(RegisterInstanceResponse, { method: 'POST', path: `${STORE}/instances`, body: request, headers });
  }

  /** Has a license this instance bought sent once more, as a `license.issued`. */
  async issueLicenseAgain(licenseId: string, token: string): Promise<void> {
    const path = `${STORE}/licenses/${encodeURIComponent(licenseId)}/issue`;
    await this.call({ method: 'POST', path, headers: bearer(token) });
  }

  /** Gives back this instance's seat of a license; doing so again changes nothing. */
  async deactivateLicense(licenseId: string, token: string): Promise<void> {
    const path = `${STORE}/licenses/${encodeURIComponent(licenseId)}/deactivate`;
    await this.call({ method: 'POST', path, headers: bearer(token) });
  }

  /** A new secret for webhooks, for an instance that lost or suspects its own. */
  async rotateSecret(token: string): Promise<RotatedSecret> {
    return this.ask(RotatedSecret, {
      method: 'POST',
      path: `${STORE}/instances/rotate-secret`,
      headers: bearer(token),
    });
  }

  /** Events that wait for this instance, oldest first. With `wait`, the answer may take that many seconds. */
  async inbox(query: InboxQuery, token: string, signal?: AbortSignal): Promise<InboxResponse> {
    const timeoutMs = (this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS) + (query.wait ?? 0) * 1_000;
    return this.ask(InboxResponse, { path: `${STORE}/inbox`, query, headers: bearer(token), timeoutMs, signal });
  }

  /** Tells the hub that these deliveries are done. */
  async ack(deliveryIds: readonly string[], token: string): Promise<void> {
    const body = { delivery_ids: deliveryIds };
    await this.call({ method: 'POST', path: `${STORE}/inbox/ack`, body, headers: bearer(token) });
  }

  /** Says how an installation ended, for merchants who consented. The same again changes nothing. */
  async reportOutcome(report: ReportOutcomeRequest, token: string): Promise<void> {
    await this.call({ method: 'POST', path: `${STORE}/outcomes`, body: report, headers: bearer(token) });
  }

  /** The signed list of licenses that are not to be used any more; null when it is still the one of `sequence`. */
  async revocations(sequence?: string): Promise<string | null> {
    const known: Record<string, string> = sequence === undefined ? {} : { 'if-none-match': `"${sequence}"` };
    const bytes = await this.call({ path: `${STORE}/revocations`, headers: { accept: 'application/jose', ...known } });
    return bytes.length === 0 ? null : bytes.toString('latin1');
  }

  /** A link that opens the merchant portal for this shop, once. */
  async portalLink(token: string): Promise<PortalLink> {
    return this.ask(PortalLink, { method: 'POST', path: `${STORE}/portal-links`, headers: bearer(token) });
  }

  async jwks(): Promise<HubKeys> {
    return this.ask(HubKeys, { path: '/.well-known/jwks.json' });
  }

  private async ask<T extends object>(Answer: new () => T, call: Call): Promise<T> {
    return readAnswer(Answer, await this.call(call));
  }

  private async call({ method = 'GET', path, query, body, headers, timeoutMs, signal }: Call): Promise<Buffer> {
    const limit = AbortSignal.timeout(timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      const response = await this.options.fetch(this.baseUrl + path + queryString(query), {
        method,
        headers: { accept: 'application/json', ...this.keyHeader(), ...(body ? JSON_BODY : {}), ...headers },
        // A redirect would carry license key and instance id to whoever the answer names.
        redirect: 'error',
        signal: signal ? AbortSignal.any([limit, signal]) : limit,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const bytes = await readBody(response, this.options.maxBytes ?? DEFAULT_MAX_BYTES);
      if (!response.ok && response.status !== NOT_MODIFIED) throw readRefusal(response, bytes);
      return bytes;
    } catch (error) {
      throw asHubError(error, limit);
    }
  }

  private keyHeader(): Record<string, string> {
    return this.options.publishableKey ? { [HEADERS.publishableKey]: this.options.publishableKey } : {};
  }
}

/** Only the answer to a question that named what is known. */
const NOT_MODIFIED = 304;
const JSON_BODY = { 'content-type': 'application/json' };

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function queryString(query: object = {}): string {
  const given = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)]);
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
}

function asHubError(error: unknown, limit: AbortSignal): unknown {
  if (error instanceof HubUnreachable || error instanceof HubProblem) return error;
  if (limit.aborted) return new HubUnreachable('TIMEOUT', 'The hub did not answer in time.', { cause: error });
  return new HubUnreachable('NETWORK', 'The hub cannot be reached.', { cause: error });
}
