/** What the tab says before its scripts run; all else it says, and the same again, is in `apps/tenant-web/src/i18n`. */
const FIRST_WORDS = {
  en: {
    brand: 'Marketplace',
    title: 'Browse plugins',
    lead: 'Everything your hub offers for this shop. All of it is signed by its publisher and checked before it runs.',
  },
  de: {
    brand: 'Marktplatz',
    title: 'Plugins entdecken',
    lead: 'Alles, was Ihr Hub diesem Shop anbietet: vom Hersteller signiert und geprüft, bevor es läuft.',
  },
  fr: {
    brand: 'Place de marché',
    title: 'Parcourir les extensions',
    lead: 'Tout ce que votre hub propose à cette boutique : signé par l’éditeur et contrôlé avant de démarrer.',
  },
} as const;

/** Language and words for the first of `Accept-Language` that is spoken here, as browsers send it: best first. */
export function firstWordsFor(header: string | undefined) {
  const wanted = (header ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  const language = wanted.find((tag): tag is keyof typeof FIRST_WORDS => Object.hasOwn(FIRST_WORDS, tag)) ?? 'en';
  return { language, ...FIRST_WORDS[language] };
}
