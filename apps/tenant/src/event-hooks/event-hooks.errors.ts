import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  WEBHOOK_NOT_FOUND: { kind: 'not_found', message: 'There is no such webhook.' },
  DELIVERY_NOT_FOUND: { kind: 'not_found', message: 'There is no such delivery.' },
  DELIVERY_PENDING: { kind: 'conflict', message: 'This delivery is on its way already.' },
  WEBHOOK_DISABLED: { kind: 'conflict', message: 'This webhook is disabled. Enable it first.' },
  WEBHOOK_URL_REFUSED: {
    kind: 'invalid',
    message: 'The address must be https, without credentials, and not in a private network.',
  },
  WEBHOOK_SECRET_UNSOUND: { kind: 'invalid', message: 'What follows whsec_ in a signing secret must be base64.' },
  EVENT_TOO_LARGE: { kind: 'invalid', message: 'The data of an event may have 64 KiB as JSON.' },
  TOO_MANY_WEBHOOKS: { kind: 'conflict', message: 'This shop has as many webhooks as it may have.' },
} as const satisfies Record<string, Refusal>;

export class EventHookError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS, options?: ErrorOptions) {
    super(code, REFUSALS[code], {}, options);
  }
}
