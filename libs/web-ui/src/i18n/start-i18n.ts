import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './locales/en.js';
import { LANGUAGES, type Language, type Words } from './words.js';

const UI = 'ui';
export const APP = 'app';
const CHOSEN = 'hansa-language';

/** The texts of an app: English at once, the others when they are needed. */
export interface AppWords {
  readonly en: Words;
  readonly de: () => Promise<Words>;
  readonly fr: () => Promise<Words>;
}

const UI_WORDS = {
  de: async () => (await import('./locales/de.js')).de,
  fr: async () => (await import('./locales/fr.js')).fr,
} as const;

/** Speaks the language the reader chose here before, or else the first of the browser's that is spoken here. */
export async function startI18n(words: AppWords): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    supportedLngs: [...LANGUAGES],
    ns: [UI, APP],
    defaultNS: APP,
    resources: { en: { [UI]: en, [APP]: words.en } },
    partialBundledLanguages: true,
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  loaders.set(i18next, words);
  await speak(i18next, chosenLanguage(localStorage.getItem(CHOSEN), navigator.languages));
  return i18next;
}

const loaders = new WeakMap<i18n, AppWords>();

/** Changes the language, here and for the next visit. */
export async function chooseLanguage(instance: i18n, language: Language): Promise<void> {
  localStorage.setItem(CHOSEN, language);
  await speak(instance, language);
}

async function speak(instance: i18n, language: Language): Promise<void> {
  const words = loaders.get(instance);
  if (language !== 'en' && words && !instance.hasResourceBundle(language, APP)) {
    const [ui, app] = await Promise.all([UI_WORDS[language](), words[language]()]);
    instance.addResourceBundle(language, UI, ui);
    instance.addResourceBundle(language, APP, app);
  }
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The language chosen before, or the first of the browser's that is spoken here. */
export function chosenLanguage(before: string | null, preferred: readonly string[]): Language {
  const wanted = [before ?? '', ...preferred].map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.flatMap((tag) => LANGUAGES.filter((each) => each === tag))[0] ?? 'en';
}
