import { HUB_ANSWER_INVALID, HubProblem, HubUnreachable } from '@hansa/hub-client';
import { DomainError, type Refusal, type RefusalFacts, type RefusalKind } from '@hansa/platform';

const REFUSALS = {
  FEDERATION_NOT_CONFIGURED: {
    kind: 'unavailable',
    message: 'This shop belongs to no hub. Set CARPHACOM_FEDERATION_URL and CARPHACOM_FEDERATION_PK.',
  },
  FEDERATION_KEYS_UNREADABLE: {
    kind: 'unavailable',
    message: 'The file of CARPHACOM_FEDERATION_KEYS is no key set. Get it from the hub’s /.well-known/jwks.json.',
  },
  HUB_UNREACHABLE: { kind: 'unavailable', message: 'The hub cannot be reached. Try again later.' },
  HUB_KEY_REFUSED: { kind: 'unavailable', message: 'The hub refuses this shop’s key. Check CARPHACOM_FEDERATION_PK.' },
  HUB_BUSY: { kind: 'rate_limited', message: 'The hub asks this shop to slow down. Try again in a minute.' },
} as const satisfies Record<string, Refusal>;

/** The hub gave no answer this shop could use. */
export class HubError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, options?: ErrorOptions) {
    super(code, REFUSALS[code], {}, options);
  }
}

/** The hub's own refusal, passed on with its code, message and facts. */
export class HubRefusal extends DomainError {}

const KIND_OF_STATUS: Readonly<Record<number, RefusalKind>> = {
  400: 'invalid',
  402: 'payment_required',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
};
const ENVELOPE = ['type', 'message', 'code', 'request_id', 'details'];

/** What a failed call to the hub means to whoever asked the shop; an error that is neither is given back as it is. */
export function hubErrorFor(error: unknown): unknown {
  if (error instanceof HubUnreachable) return new HubError('HUB_UNREACHABLE', { cause: error });
  if (!(error instanceof HubProblem)) return error;
  if (error.status === 401) return new HubError('HUB_KEY_REFUSED', { cause: error });
  if (error.status === 429) return new HubError('HUB_BUSY', { cause: error });
  const kind = KIND_OF_STATUS[error.status];
  if (kind === undefined || error.code === HUB_ANSWER_INVALID) return new HubError('HUB_UNREACHABLE', { cause: error });
  return new HubRefusal(error.code, { kind, message: error.message }, factsOf(error), { cause: error });
}

/** Plain facts beside the envelope (`license_id` of `ALREADY_LICENSED`); a hub's answer brings in nothing deeper. */
function factsOf({ options }: HubProblem): RefusalFacts {
  const plain = Object.entries(options.body ?? {}).filter(
    ([name, value]) => !ENVELOPE.includes(name) && ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(plain);
}
