import { DomainError, type Refusal } from '@hansa/platform';

const REFUSALS = {
  LICENSE_NOT_FOUND: { kind: 'not_found', message: 'This instance has no license with this id.' },
  LICENSE_UNKNOWN: { kind: 'not_found', message: 'No license has this id.' },
  LICENSE_REVOKED: { kind: 'conflict', message: 'This license is revoked. Reinstate it first.' },
  LICENSE_NOT_HELD: {
    kind: 'conflict',
    message: 'No operator suspended or revoked this license. What follows from its payments is not lifted by hand.',
  },
  LICENSE_NOT_ACTIVE: { kind: 'conflict', message: 'This license is not active now.' },
  NOTHING_TO_INSTALL: {
    kind: 'conflict',
    message: 'The package of this license has no release that could be installed.',
  },
  NOT_USED_THERE: { kind: 'conflict', message: 'This license is not used by the shop it should leave.' },
  USED_THERE_ALREADY: { kind: 'conflict', message: 'This license is used by that shop already.' },
  MOVE_TARGET_UNKNOWN: { kind: 'not_found', message: 'No shop with this id is registered.' },
  MOVES_EXHAUSTED: { kind: 'conflict', message: 'This license was moved as often as a year allows. Ask the hub.' },
  MOVE_NOT_UNDOABLE: { kind: 'conflict', message: 'There is no move of this license that may still be undone.' },
  NOT_SUBSCRIBED: { kind: 'conflict', message: 'This license does not renew by itself.' },
} as const satisfies Record<string, Refusal>;

export class LicenseError extends DomainError<keyof typeof REFUSALS> {
  constructor(code: keyof typeof REFUSALS) {
    super(code, REFUSALS[code]);
  }
}
