import type { SameKeys } from '@hansa/web-ui';
import type { release as en } from '../en/release.js';

export const release: SameKeys<typeof en> = {
  checks: 'Prüfungen',
  findings: 'Befunde',
  noFindings: 'Die Prüfungen haben nichts gefunden.',
  errors: 'Fehler',
  warnings: 'Warnungen',
  size: 'Größe',
  submitted: 'Eingereicht',
  note: 'Anmerkung der Prüfung',
  conversation: 'Gespräch',
  comment: 'Kommentar',
  say: 'Senden',
  internal: 'Nur Betreiber',
  keepInternal: 'Nur für Betreiber',
  reviewer: 'Prüfer',
  you: 'Anbieter',
  yank: 'Zurückziehen',
  yankLead: 'Shops wird diese Version nicht mehr angeboten, Downloads enden. Was installiert ist, läuft weiter.',
  yankReason: 'Grund, den Shops sehen',
  unyank: 'Wieder anbieten',
};
