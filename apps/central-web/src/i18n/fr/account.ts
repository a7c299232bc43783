import type { SameKeys } from '@hansa/web-ui';
import type { account as en } from '../en/account.js';

export const account: SameKeys<typeof en> = {
  title: 'Compte et sécurité',
  password: 'Mot de passe',
  passwordLead: 'Tous les autres navigateurs où vous êtes connecté sont déconnectés.',
  passwordChanged: 'Le mot de passe est changé.',
  present: 'Mot de passe actuel',
  next: 'Nouveau mot de passe',
  again: 'Nouveau mot de passe, encore',
  differs: 'Les deux ne sont pas identiques.',
  factor: 'Second facteur',
  factorOn: 'La connexion demande un code de votre application d’authentification.',
  factorOff: 'Seul le mot de passe protège ce compte. Avec un second facteur, un mot de passe volé ne suffit pas.',
  setUp: 'Configurer',
  confirmPassword: 'Votre mot de passe',
  scan: 'Scannez ceci avec votre application d’authentification, ou saisissez-y la clé. Elle n’est montrée que maintenant.',
  picture: 'Code QR pour votre application d’authentification',
  key: 'Clé',
  code: 'Code affiché par l’application',
  turnOn: 'Activer',
  turnedOn: 'Le second facteur est actif. Les autres navigateurs ont été déconnectés.',
  lost: 'Il n’y a pas de codes de secours. Qui perd l’application s’adresse à ceux qui exploitent le hub.',
  turnOff: 'Désactiver',
  turnOffLead: 'Ensuite, le mot de passe seul suffit.',
  turnedOff: 'Le second facteur est inactif.',
};
