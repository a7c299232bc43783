import type { SameKeys } from '@hansa/web-ui';
import type { problem as en } from '../en/problem.js';

export const problem: SameKeys<typeof en> = {
  SIGN_IN_FAILED: 'E-mail ou mot de passe incorrect.',
  EMAIL_UNVERIFIED: 'Prouvez d’abord votre adresse, avec le code de la lettre.',
  SECOND_FACTOR_REFUSED: 'Ce code est faux ou a déjà servi.',
  AGREEMENT_OUTDATED: 'L’accord d’éditeur a changé entre-temps. Rechargez la page et lisez-le.',
  NAMESPACE_TAKEN: 'Cet espace de noms appartient déjà à un éditeur. Choisissez-en un autre.',
  NAMESPACE_LIMIT: 'Attendez qu’un opérateur ait vérifié les espaces de noms réservés.',
  NAMESPACE_UNVERIFIED: 'Vérifiez d’abord l’espace de noms de cet éditeur.',
  INVITATION_REFUSED: 'Cette invitation est fausse, trop ancienne ou pour une autre adresse.',
  PUBLISHER_KEY_REFUSED: 'Ce n’est pas une clé publique Ed25519 que le hub accepte.',
  LISTING_NOT_FOUND: 'Il n’y a pas encore de page produit pour cet identifiant. Écrivez-la d’abord sous Paquets.',
  LAST_OWNER: 'Il reste un propriétaire. Nommez d’abord quelqu’un d’autre.',
  ROLE_REQUIRED: 'Votre rôle ne le permet pas. Demandez à un propriétaire.',
  CLAIMED_BY_OTHER: 'Un autre opérateur examine cette version.',
  APPROVED_BY_YOU: 'Vous l’avez déjà approuvée ; un autre opérateur doit le faire aussi.',
  STEP_NOT_ALLOWED: 'La version a avancé entre-temps. Rechargez la page.',
  CHECKOUT_UNAVAILABLE: 'Les paiements ne sont pas disponibles pour le moment. Réessayez plus tard.',
};
