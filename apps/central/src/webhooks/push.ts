import { EVENTS_PATH, LICENSE_ISSUED, LICENSE_ISSUED_PATH } from '@hansa/contracts';
import { OutboundRefused, type Outbound } from '@hansa/platform';
import { signWebhook } from '@hansa/trust';

/** How long a shop may take to answer (federation.md §3). */
export const PUSH_TIMEOUT_MS = 30_000;
/** How much of its answer is read and kept. */
export const MAX_ANSWER_BYTES = 2_048;

export interface Push {
  readonly baseUrl: string;
  readonly deliveryId: string;
  readonly event: string;
  readonly body: Buffer;
  /** Every secret that counts at this moment, newest first. */
  readonly secrets: readonly string[];
}

/** What came of one try. `httpStatus` is null when no answer came, and `error` says why. */
export interface PushOutcome {
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly responseExcerpt: string | null;
  readonly durationMs: number;
}

/** Tries once to bring an event to a shop, signed afresh. Never throws: every way to fail is an outcome, so none drops the event. */
export async function push(
  outbound: Outbound,
  { baseUrl, deliveryId, event, body, secrets }: Push,
  at: Date,
  timeoutMs = PUSH_TIMEOUT_MS,
): Promise<PushOutcome> {
  const startedMs = performance.now();
  const took = () => Math.round(performance.now() - startedMs);
  try {
    const signature = signWebhook({ secrets, deliveryId, event, body, at });
    const answer = await outbound.request(`${baseUrl}${event === LICENSE_ISSUED ? LICENSE_ISSUED_PATH : EVENTS_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Hansa', ...signature },
      body,
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
    });
    const responseExcerpt = answer.body.toString('utf8').replaceAll('\u0000', ''); // PostgreSQL cannot store U+0000
    return { httpStatus: answer.status, error: null, responseExcerpt, durationMs: took() };
  } catch (error) {
    return { httpStatus: null, error: codeOf(error), responseExcerpt: null, durationMs: took() };
  }
}

/** The first code along the chain of causes; libraries wrap the error of the socket once or twice. */
function codeOf(error: unknown): string {
  if (error instanceof OutboundRefused) return 'ADDRESS_REFUSED';
  const { name, code, cause } = (error ?? {}) as { name?: unknown; code?: unknown; cause?: unknown };
  if (name === 'TimeoutError') return 'ETIMEDOUT';
  if (typeof code === 'string') return code;
  return cause === undefined ? 'UNKNOWN' : codeOf(cause);
}
