import type { SameKeys } from '@hansa/web-ui';
import type { release as en } from '../en/release.js';

export const release: SameKeys<typeof en> = {
  checks: 'Vérifications',
  findings: 'Constats',
  noFindings: 'Les vérifications n’ont rien trouvé.',
  errors: 'Erreurs',
  warnings: 'Avertissements',
  size: 'Taille',
  submitted: 'Soumise',
  note: 'Note du réviseur',
  conversation: 'Conversation',
  comment: 'Commentaire',
  say: 'Envoyer',
  internal: 'Opérateurs seulement',
  keepInternal: 'Pour les opérateurs seulement',
  reviewer: 'Réviseur',
  you: 'Éditeur',
  yank: 'Retirer',
  yankLead:
    'Cette version n’est plus proposée et ses téléchargements cessent. Ce qui est installé continue de fonctionner.',
  yankReason: 'Raison, visible par les boutiques',
  unyank: 'Rétablir',
};
