import { axios } from 'acme-client';

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 1_048_576;
const BAD_NONCE = 'urn:ietf:params:acme:error:badNonce';

/** What a CA said instead of an answer (RFC 8555 §6.7). */
export class AcmeProblem extends Error {
  constructor(
    readonly status: number,
    /** `rateLimited`, `rejectedIdentifier`, …: the type without its prefix. */
    readonly type: string,
    detail: string,
  ) {
    super(detail);
  }
}

/**
 * Sets up acme-client for jobs: bounded answers, and no sleeping and retrying inside of it, because a job that waits holds a
 * worker. The library's own errors are texts; this one carries the type, by which a refusal is told from a bad day.
 */
export function prepareAcmeClient(): void {
  Object.assign(axios.defaults, { timeout: TIMEOUT_MS, maxContentLength: MAX_ANSWER_BYTES });
  Object.assign((axios.defaults as { acmeSettings?: object }).acmeSettings ?? {}, { retryMaxAttempts: 0 });
  axios.interceptors.response.use((response) => {
    const { type, detail } = (response.data ?? {}) as { type?: unknown; detail?: unknown };
    if (response.status < 400 || typeof type !== 'string' || type === BAD_NONCE) return response;
    throw new AcmeProblem(response.status, type.split(':').at(-1) ?? '', typeof detail === 'string' ? detail : '');
  });
}
