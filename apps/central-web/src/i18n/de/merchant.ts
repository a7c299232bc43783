import type { SameKeys } from '@hansa/web-ui';
import type { merchant as en } from '../en/merchant.js';

export const merchant: SameKeys<typeof en> = {
  signInTitle: 'Ihre Lizenzen und Zahlungen',
  noEmail: 'Keine E-Mail-Adresse',
  licensesLead: 'Was Sie gekauft haben, wo es läuft und bis wann.',
  licensesEmpty: 'Noch keine Lizenzen',
  unproven:
    'Mit Ihrer Adresse gekaufte Lizenzen erscheinen, sobald Sie einem Link gefolgt sind, den wir dorthin geschickt haben.',
  activations: 'Läuft auf',
  nowhere: 'Nirgends installiert',
  move: 'Umziehen',
  moveTitle: '{{name}} in einen anderen Shop umziehen?',
  moveLead:
    'Der andere Shop erhält den Schlüssel und installiert das Plugin. Der bisherige läuft seine Schonfrist weiter.',
  moveTo: 'In diesen Shop',
  moved: 'Umgezogen. Sie können das bis {{date}} zurücknehmen.',
  undo: 'Umzug zurücknehmen',
  cancel: 'Abo kündigen',
  cancelTitle: '{{name}} kündigen?',
  cancelLead: 'Es läuft bis zum Ende des bezahlten Zeitraums und verlängert sich nicht.',
  cancelled: 'Gekündigt. Es läuft bis {{date}}.',
  offline: 'Shops ohne Verbindung',
  offlineLead:
    'Ein Shop, der den Hub nicht erreicht, stellt eine Lizenzanfrage. Fügen Sie deren Datei oder Zeilen hier ein und bringen Sie die Antwort zurück.',
  offlineRequest: 'Lizenzanfrage',
  offlineAnswer: 'Beantworten',
  offlineCarry: 'Bringen Sie dies in den Shop zurück, als Datei oder vom Papier abgetippt. Es gilt 30 Tage.',
  offlineSave: 'Datei speichern',
  paymentsLead: 'Was Sie bezahlt haben und was zurückkam.',
  paymentsEmpty: 'Noch keine Zahlungen',
  paidAt: 'Bezahlt',
  refunded: 'Erstattet',
  shopsLead: 'Wer die Lizenzen Ihrer Shops sehen und verwalten darf.',
  shopsEmpty: 'Sie gehören noch zu keinem Shop',
  invited: 'eingeladen',
  removeLead: 'Diese Person sieht den Shop hier nicht mehr. Am Shop selbst ändert sich nichts.',
};
