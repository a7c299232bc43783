import { languageOf, markup, page } from '@hansa/platform';

const WORDS = {
  en: {
    title: 'Your portal',
    lead: 'Purchases, licenses and invoices. The button opens them in this browser; it works once.',
    button: 'Sign in',
    refusedTitle: 'This link does not work any more',
    refused: 'It was used already, or has expired. Ask for another: it comes by mail within a minute.',
    again: 'Ask for another link',
  },
  de: {
    title: 'Ihr Portal',
    lead: 'Käufe, Lizenzen und Rechnungen. Der Knopf öffnet sie in diesem Browser; er gilt einmal.',
    button: 'Anmelden',
    refusedTitle: 'Dieser Link gilt nicht mehr',
    refused: 'Er wurde schon benutzt oder ist abgelaufen. Fordern Sie einen neuen an; er kommt gleich per Mail.',
    again: 'Neuen Link anfordern',
  },
  fr: {
    title: 'Votre portail',
    lead: 'Achats, licences et factures. Le bouton les ouvre dans ce navigateur ; il ne sert qu’une fois.',
    button: 'Se connecter',
    refusedTitle: 'Ce lien ne fonctionne plus',
    refused: 'Il a déjà servi ou a expiré. Demandez-en un autre ; il arrive par e-mail dans la minute.',
    again: 'Demander un autre lien',
  },
} as const;

/** A button that takes a sign-in link. `accepted` is the browser's `Accept-Language`. */
export function signInPage(token: string, accepted: string | undefined): string {
  const language = languageFor(accepted);
  const { title, lead, button } = WORDS[language];
  const form = markup`<p>${lead}</p>
<form method="post" action="/portal/sign-in?token=${token}"><button autofocus>${button}</button></form>`;
  return page(title, form, language);
}

/** For a link that is used, expired, or none at all; it leads to where another is asked for. */
export function refusedLinkPage(accepted: string | undefined): string {
  const language = languageFor(accepted);
  const { refusedTitle, refused, again } = WORDS[language];
  return page(refusedTitle, markup`<p>${refused}</p><a class="act" href="/sign-in">${again}</a>`, language);
}

function languageFor(accepted: string | undefined): keyof typeof WORDS {
  return languageOf(accepted, ['en', 'de', 'fr']);
}
