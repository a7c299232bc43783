/** What the storefront says before its scripts run; all else it says is in `apps/central-web/src/i18n`. */
export const FIRST_WORDS = {
  en: {
    title: 'Plugins for your shop',
    lead: 'Checked and signed. Installed from the marketplace tab of your shop’s admin.',
    free: 'Free',
    missing: 'There is nothing here',
  },
  de: {
    title: 'Plugins für Ihren Shop',
    lead: 'Geprüft und signiert. Installiert im Marktplatz-Bereich Ihrer Shop-Verwaltung.',
    free: 'Kostenlos',
    missing: 'Hier ist nichts',
  },
  fr: {
    title: 'Extensions pour votre boutique',
    lead: 'Vérifiées et signées. Installées depuis l’onglet place de marché de votre administration.',
    free: 'Gratuit',
    missing: 'Il n’y a rien ici',
  },
} as const;

export type PageLanguage = keyof typeof FIRST_WORDS;

/** The first language of `Accept-Language` that is spoken here, as browsers send it: best first. */
export function languageOf(header: string | undefined): PageLanguage {
  const wanted = (header ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is PageLanguage => Object.hasOwn(FIRST_WORDS, tag)) ?? 'en';
}
