import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  DELIVERY_NOT_FOUND: { kind: 'not_found', message: 'No delivery has this id.' },
  DELIVERY_DONE: { kind: 'conflict', message: 'This delivery has reached its instance.' },
} as const satisfies Record<string, Refusal>;

export class DeliveryError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
