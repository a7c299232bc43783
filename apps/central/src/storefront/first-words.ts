import { languageOf } from '@hansa/platform';

/** What the storefront says before its scripts run; all else it says is in `apps/central-web/src/i18n`. */
export const FIRST_WORDS = {
  en: {
    title: 'Plugins for your shop',
    lead: 'Checked and signed. Installed from the marketplace tab of your shop’s admin.',
    free: 'Free',
    perMonth: 'a month',
    perYear: 'a year',
    perShop: 'per shop',
    howToGet: 'Open the marketplace tab of your shop’s admin and search for this id:',
    missing: 'There is nothing here',
  },
  de: {
    title: 'Plugins für Ihren Shop',
    lead: 'Geprüft und signiert. Installiert im Marktplatz-Bereich Ihrer Shop-Verwaltung.',
    free: 'Kostenlos',
    perMonth: 'im Monat',
    perYear: 'im Jahr',
    perShop: 'je Shop',
    howToGet: 'Öffnen Sie den Marktplatz in Ihrer Shop-Verwaltung und suchen Sie nach dieser Kennung:',
    missing: 'Hier ist nichts',
  },
  fr: {
    title: 'Extensions pour votre boutique',
    lead: 'Vérifiées et signées. Installées depuis l’onglet place de marché de votre administration.',
    free: 'Gratuit',
    perMonth: 'par mois',
    perYear: 'par an',
    perShop: 'par boutique',
    howToGet: 'Ouvrez l’onglet place de marché de votre administration et cherchez cet identifiant :',
    missing: 'Il n’y a rien ici',
  },
} as const;

export type PageLanguage = keyof typeof FIRST_WORDS;

/** The language a reader asks for, if it is spoken here. */
export function languageFor(header: string | undefined): PageLanguage {
  return languageOf(header, ['en', 'de', 'fr']);
}
