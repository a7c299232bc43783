import type { SameKeys } from '@hansa/web-ui';
import type { account as en } from '../en/account.js';

export const account: SameKeys<typeof en> = {
  title: 'Konto und Sicherheit',
  password: 'Passwort',
  passwordLead: 'Alle anderen Browser, in denen Sie angemeldet sind, werden abgemeldet.',
  passwordChanged: 'Das Passwort ist geändert.',
  present: 'Bisheriges Passwort',
  next: 'Neues Passwort',
  again: 'Neues Passwort noch einmal',
  differs: 'Die beiden stimmen nicht überein.',
  factor: 'Zweiter Faktor',
  factorOn: 'Zum Anmelden gehört ein Code Ihrer Authenticator-App.',
  factorOff: 'Nur das Passwort schützt dieses Konto. Mit einem zweiten Faktor genügt ein gestohlenes Passwort nicht.',
  setUp: 'Einrichten',
  confirmPassword: 'Ihr Passwort',
  scan: 'Scannen Sie dies mit Ihrer Authenticator-App, oder tippen Sie den Schlüssel ab. Er wird nur jetzt gezeigt.',
  picture: 'QR-Code für Ihre Authenticator-App',
  key: 'Schlüssel',
  code: 'Code, den die App zeigt',
  turnOn: 'Einschalten',
  turnedOn: 'Der zweite Faktor ist eingeschaltet. Andere Browser wurden abgemeldet.',
  lost: 'Es gibt keine Wiederherstellungscodes. Wer die App verliert, wendet sich an die Betreiber des Hubs.',
  turnOff: 'Ausschalten',
  turnOffLead: 'Danach genügt das Passwort allein.',
  turnedOff: 'Der zweite Faktor ist ausgeschaltet.',
};
