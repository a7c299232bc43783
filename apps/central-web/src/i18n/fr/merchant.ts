import type { SameKeys } from '@hansa/web-ui';
import type { merchant as en } from '../en/merchant.js';

export const merchant: SameKeys<typeof en> = {
  signInTitle: 'Vos licences et paiements',
  noEmail: 'Pas d’adresse e-mail',
  licensesLead: 'Ce que vous avez acheté, où cela fonctionne et jusqu’à quand.',
  licensesEmpty: 'Pas encore de licence',
  unproven:
    'Les licences achetées avec votre adresse apparaissent une fois que vous avez suivi un lien envoyé à celle-ci.',
  activations: 'Fonctionne sur',
  nowhere: 'Installée nulle part',
  move: 'Déplacer',
  moveTitle: 'Déplacer {{name}} vers une autre boutique ?',
  moveLead: 'L’autre boutique reçoit la clé et l’installe. La boutique quittée continue pendant son délai.',
  moveTo: 'Vers cette boutique',
  moved: 'Déplacée. Vous pouvez annuler jusqu’au {{date}}.',
  undo: 'Annuler le déplacement',
  cancel: 'Résilier l’abonnement',
  cancelTitle: 'Résilier {{name}} ?',
  cancelLead: 'Il court jusqu’à la fin de la période payée et ne se renouvelle pas.',
  cancelled: 'Résilié. Il court jusqu’au {{date}}.',
  offline: 'Boutiques sans connexion',
  offlineLead:
    'Une boutique qui n’atteint pas le hub fait une demande de licence. Collez ici son fichier ou ses lignes et rapportez la réponse.',
  offlineRequest: 'Demande de licence',
  offlineAnswer: 'Y répondre',
  offlineCarry: 'Rapportez ceci à la boutique, en fichier ou recopié du papier. C’est valable 30 jours.',
  offlineSave: 'Enregistrer le fichier',
  paymentsLead: 'Ce que vous avez payé et ce qui a été rendu.',
  paymentsEmpty: 'Pas encore de paiement',
  paidAt: 'Payé',
  refunded: 'Remboursé',
  shopsLead: 'Qui peut voir et gérer les licences de vos boutiques.',
  shopsEmpty: 'Vous n’appartenez encore à aucune boutique',
  invited: 'invité',
  removeLead: 'Cette personne ne verra plus la boutique ici. La boutique elle-même ne change pas.',
};
