import { lookup as dnsLookup } from 'node:dns';
import { Outbound, OutboundRefused, type OutboundOptions } from '@hansa/platform';
import type { ProofFile } from './proof-file.js';

/** Named to servers, so that their owners can let it pass (cpanel-market.md §1.9). */
export const PROOF_USER_AGENT = 'Hansa DCV';
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 4_096;

/** What was found instead of the file. */
export type ProofProblem =
  'NAME_UNKNOWN' | 'ADDRESS_PRIVATE' | 'UNREACHABLE' | 'TOO_SLOW' | 'REDIRECTED' | 'NOT_FOUND' | 'CONTENT_WRONG';

export interface ProofLookOptions extends Pick<OutboundOptions, 'lookup'> {
  /** Names that are looked for elsewhere, `host:port`; for development and tests. The only ones that may be on a private network. */
  readonly testHosts: ReadonlyMap<string, string>;
  readonly timeoutMs?: number;
}

/**
 * Looks for files on servers that customers name. It asks port 80 of the address it has checked, so neither a name that points
 * into a private network nor one that changes its mind between check and call (DNS rebinding) gets the hub to ask there. A
 * redirect is no proof and is not followed: whoever can place an open redirect does not control the name.
 */
export class ProofLook {
  private readonly outbound: Outbound;
  private readonly toTestHosts: Outbound;

  constructor(private readonly options: ProofLookOptions) {
    const { lookup, testHosts } = options;
    const hostOf = (name: string) => testHosts.get(name)?.replace(/:\d+$/, '') ?? name;
    const toTestHost = (name: string, ...rest: unknown[]) =>
      (dnsLookup as (...args: unknown[]) => void)(hostOf(name), ...rest);
    this.toTestHosts = new Outbound({ allowPrivate: true, lookup: toTestHost as typeof dnsLookup });
    this.outbound = new Outbound({ allowPrivate: false, ...(lookup ? { lookup } : {}) });
  }

  /** Null when the file is there with this content; white space at its end does not count. */
  async problemWith(name: string, { relativePath, filename, content }: ProofFile): Promise<ProofProblem | null> {
    const testHost = this.options.testHosts.get(name);
    const outbound = testHost === undefined ? this.outbound : this.toTestHosts;
    const port = testHost === undefined ? '' : `:${testHost.split(':').at(-1)!}`;
    try {
      const { status, body } = await outbound.request(`http://${name}${port}/${relativePath}/${filename}`, {
        method: 'GET',
        headers: { 'user-agent': PROOF_USER_AGENT, accept: '*/*' },
        timeoutMs: this.options.timeoutMs ?? TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      });
      if (status >= 300 && status < 400) return 'REDIRECTED';
      if (status !== 200) return 'NOT_FOUND';
      return body.toString('utf8').trimEnd() === content.trimEnd() ? null : 'CONTENT_WRONG';
    } catch (error) {
      return problemOf(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.outbound.close(), this.toTestHosts.close()]);
  }
}

/** The first thing the chain of causes says; libraries wrap the error of the socket once or twice. */
function problemOf(error: unknown): ProofProblem {
  if (error instanceof OutboundRefused) return 'ADDRESS_PRIVATE';
  const { name, code, cause } = (error ?? {}) as { name?: unknown; code?: unknown; cause?: unknown };
  if (name === 'TimeoutError') return 'TOO_SLOW';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return 'NAME_UNKNOWN';
  return cause === undefined || cause === null ? 'UNREACHABLE' : problemOf(cause);
}
