import type { SameKeys } from '@hansa/web-ui';
import type { problem as en } from '../en/problem.js';

export const problem: SameKeys<typeof en> = {
  SIGN_IN_FAILED: 'E-Mail oder Passwort ist falsch.',
  EMAIL_UNVERIFIED: 'Beweisen Sie zuerst Ihre Adresse, mit dem Code aus dem Brief.',
  SECOND_FACTOR_REFUSED: 'Dieser Code ist falsch oder wurde schon benutzt.',
  AGREEMENT_OUTDATED:
    'Die Anbietervereinbarung hat sich inzwischen geändert. Laden Sie die Seite neu und lesen Sie sie.',
  NAMESPACE_TAKEN: 'Dieser Namensraum gehört schon einem Anbieter. Wählen Sie einen anderen.',
  NAMESPACE_LIMIT: 'Warten Sie, bis ein Betreiber die beanspruchten Namensräume bestätigt hat.',
  NAMESPACE_UNVERIFIED: 'Bestätigen Sie zuerst den Namensraum dieses Anbieters.',
  INVITATION_REFUSED: 'Diese Einladung ist falsch, zu alt oder für eine andere Adresse.',
  PUBLISHER_KEY_REFUSED: 'Das ist kein öffentlicher Ed25519-Schlüssel, den der Hub annimmt.',
  LISTING_NOT_FOUND: 'Zu dieser Kennung gibt es noch keine Produktseite. Schreiben Sie sie zuerst unter Pakete.',
  LAST_OWNER: 'Ein Inhaber bleibt. Machen Sie zuerst jemand anderen dazu.',
  ROLE_REQUIRED: 'Ihre Rolle erlaubt das nicht. Fragen Sie einen Inhaber.',
  CLAIMED_BY_OTHER: 'Ein anderer Betreiber prüft diese Version.',
  APPROVED_BY_YOU: 'Sie haben schon zugestimmt; ein anderer Betreiber muss es auch.',
  STEP_NOT_ALLOWED: 'Die Version ist inzwischen weiter. Laden Sie die Seite neu.',
  CHECKOUT_UNAVAILABLE: 'Zahlungen sind gerade nicht möglich. Versuchen Sie es später wieder.',
};
