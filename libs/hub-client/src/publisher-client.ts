import {
  Advisory,
  AdvisoryList,
  DeprecationNotice,
  ListingView,
  OwnReleases,
  RELEASE_SIGNATURE_HEADER,
  ReleaseView,
  type AdvisoryRequest,
  type DeprecateRequest,
  type ListingRequest,
} from '@hansa/contracts';
import { HubProblem } from './hub-problem.js';
import { HubUnreachable } from './hub-unreachable.js';
import { pathOf, readAnswer, readBody, readRefusal } from './read-answer.js';

export interface PublisherClientOptions {
  /** Where the hub is: `https://hub.example`. */
  readonly baseUrl: string;
  /** The publisher's access token; sent as a bearer token and nowhere else. */
  readonly token: string;
  readonly fetch: typeof fetch;
  /** Of a call without an upload, in milliseconds. */
  readonly timeoutMs?: number;
  /** Of an upload, in milliseconds. */
  readonly uploadTimeoutMs?: number;
}

export interface ReleaseUpload {
  readonly zip: ReadableStream<Uint8Array>;
  readonly sizeBytes: number;
  /** The text of the detached `.sig` (federation.md §5). */
  readonly signature: string;
}

/** A release as the hub took it. */
export interface SubmittedRelease {
  /** False when the hub had exactly these bytes already: publishing again is harmless. */
  readonly created: boolean;
  readonly release: ReleaseView;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream<Uint8Array>;
  readonly timeoutMs: number;
}

const TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 10 * 60_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * What a publisher does at the hub (federation.md §8). Answers are checked against the contract and read tolerantly.
 *
 * Every method throws {@link HubProblem} when the hub refuses and {@link HubUnreachable} when there is no usable answer.
 */
export class PublisherClient {
  private readonly baseUrl: string;
  private readonly timeoutMs: number;

  constructor(private readonly options: PublisherClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  /** Creates the product page of a package, or replaces it. */
  async putListing(marketplaceId: string, listing: ListingRequest): Promise<ListingView> {
    const { bytes } = await this.call({
      method: 'PUT',
      path: `/publisher/packages/${pathOf(marketplaceId)}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(listing),
      timeoutMs: this.timeoutMs,
    });
    return readAnswer(ListingView, bytes);
  }

  /** Uploads a signed zip. The same bytes again are taken as done; other bytes for a known version are refused (409). */
  async submitRelease({ zip, sizeBytes, signature }: ReleaseUpload): Promise<SubmittedRelease> {
    const { status, bytes } = await this.call({
      method: 'POST',
      path: '/publisher/releases',
      headers: {
        'content-type': 'application/zip',
        'content-length': String(sizeBytes),
        [RELEASE_SIGNATURE_HEADER]: signature.trim(),
      },
      body: zip,
      timeoutMs: this.options.uploadTimeoutMs ?? UPLOAD_TIMEOUT_MS,
    });
    return { created: status !== 200, release: readAnswer(ReleaseView, bytes) };
  }

  async release(id: string): Promise<ReleaseView> {
    const path = `/publisher/releases/${encodeURIComponent(id)}`;
    const { bytes } = await this.call({ method: 'GET', path, timeoutMs: this.timeoutMs });
    return readAnswer(ReleaseView, bytes);
  }

  /** Releases of a package, latest submission first. */
  async releasesOf(marketplaceId: string, limit = 100, offset = 0): Promise<OwnReleases> {
    const query = new URLSearchParams({ marketplace_id: marketplaceId, limit: String(limit), offset: String(offset) });
    return this.ask(OwnReleases, 'GET', `/publisher/releases?${query.toString()}`);
  }

  /** Hides a release and stops its downloads. */
  async yank(id: string, reason: string): Promise<ReleaseView> {
    return this.ask(ReleaseView, 'POST', `/publisher/releases/${encodeURIComponent(id)}/yank`, { reason });
  }

  /** Brings a release back that the publisher yanked. */
  async unyank(id: string): Promise<ReleaseView> {
    return this.ask(ReleaseView, 'POST', `/publisher/releases/${encodeURIComponent(id)}/unyank`);
  }

  /** Sets how many percent of the shops are offered a release. */
  async setRollout(id: string, percent: number): Promise<ReleaseView> {
    return this.ask(ReleaseView, 'PUT', `/publisher/releases/${encodeURIComponent(id)}/rollout`, { percent });
  }

  /** What is known to be wrong with versions of a package, withdrawn advisories too. */
  async advisories(marketplaceId: string): Promise<AdvisoryList> {
    return this.ask(AdvisoryList, 'GET', `/publisher/packages/${pathOf(marketplaceId)}/advisories`);
  }

  /** Tells every shop what is wrong. The same again while it stands is the one there is. */
  async publishAdvisory(marketplaceId: string, advisory: AdvisoryRequest): Promise<Advisory> {
    return this.ask(Advisory, 'POST', `/publisher/packages/${pathOf(marketplaceId)}/advisories`, advisory);
  }

  /** Says that an advisory was wrong. */
  async withdrawAdvisory(id: string, reason: string): Promise<Advisory> {
    return this.ask(Advisory, 'POST', `/publisher/advisories/${encodeURIComponent(id)}/withdraw`, { reason });
  }

  /** Says that a package is no longer cared for. */
  async deprecate(marketplaceId: string, request: DeprecateRequest): Promise<DeprecationNotice> {
    return this.ask(DeprecationNotice, 'PUT', `/publisher/packages/${pathOf(marketplaceId)}/deprecation`, request);
  }

  /** Takes that back. */
  async undeprecate(marketplaceId: string): Promise<void> {
    const path = `/publisher/packages/${pathOf(marketplaceId)}/deprecation`;
    await this.call({ method: 'DELETE', path, timeoutMs: this.timeoutMs });
  }

  private async ask<T extends object>(Answer: new () => T, method: string, path: string, body?: object): Promise<T> {
    const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return readAnswer(Answer, (await this.call({ method, path, timeoutMs: this.timeoutMs, ...json })).bytes);
  }

  private async call({ method, path, headers, body, timeoutMs }: Call): Promise<{ status: number; bytes: Buffer }> {
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await this.options.fetch(this.baseUrl + path, {
        method,
        headers: { accept: 'application/json', authorization: `Bearer ${this.options.token}`, ...headers },
        // A redirect would carry the token to whoever the answer names.
        redirect: 'error',
        signal: limit,
        ...(body === undefined ? {} : { body, duplex: 'half' as const }),
      });
      const bytes = await readBody(response, MAX_ANSWER_BYTES);
      if (!response.ok) throw readRefusal(response, bytes);
      return { status: response.status, bytes };
    } catch (error) {
      if (error instanceof HubProblem || error instanceof HubUnreachable) throw error;
      const timedOut = limit.aborted;
      const message = timedOut ? 'The hub did not answer in time.' : 'The hub cannot be reached.';
      throw new HubUnreachable(timedOut ? 'TIMEOUT' : 'NETWORK', message, { cause: error });
    }
  }
}
