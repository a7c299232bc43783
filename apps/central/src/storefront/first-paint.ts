import type { StorefrontCard, StorefrontPackages, StorefrontProduct } from '@hansa/contracts';
import type { FirstPaint } from '@hansa/platform';
import { FIRST_WORDS, type PageLanguage } from './first-words.js';

const BRAND = 'Hansa';

interface Page {
  readonly hubUrl: string;
  readonly language: PageLanguage;
}

/** The catalog for readers without scripts, for those who preview links, and for everybody’s first moment. */
export function catalogPaint(
  page: StorefrontPackages,
  data: FirstPaint['data'],
  { hubUrl, language }: Page,
): FirstPaint {
  const words = FIRST_WORDS[language];
  const cards = page.items.map((item) => cardHtml(item, language)).join('');
  return {
    status: 200,
    language,
    head: headHtml({ title: `${words.title} · ${BRAND}`, description: words.lead, url: `${hubUrl}/` }),
    body: shell(`<h1>${words.title}</h1><p>${words.lead}</p><div class="fp-grid">${cards}</div>`),
    data,
  };
}

/** The page of one product. */
export function productPaint(
  product: StorefrontProduct,
  data: FirstPaint['data'],
  { hubUrl, language }: Page,
): FirstPaint {
  const { marketplace_id: id, name, summary, publisher, description, icon, screenshots } = product;
  const words = FIRST_WORDS[language];
  const [picture = icon] = screenshots;
  return {
    status: 200,
    language,
    head: headHtml({
      title: `${name} · ${BRAND}`,
      description: summary,
      url: `${hubUrl}/plugins/${id}`,
      ...(picture === null ? {} : { picture: `${hubUrl}${picture}` }),
    }),
    body: shell(
      `<h1>${escapeHtml(name)}</h1><p class="fp-dim">${escapeHtml(publisher.name)} · ${escapeHtml(priceOf(product, language))}</p>
<p>${escapeHtml(summary)}</p><p class="fp-dim">${words.howToGet} <b>${escapeHtml(id)}</b></p><div class="fp-text">${escapeHtml(description)}</div>`,
    ),
    data,
  };
}

/** For a product nobody has. */
export function missingPaint(language: PageLanguage): FirstPaint {
  const words = FIRST_WORDS[language];
  const head = `<title>${words.missing} · ${BRAND}</title><meta name="robots" content="noindex">`;
  return { status: 404, language, head, body: shell(`<h1>${words.missing}</h1>`), data: {} };
}

interface Head {
  readonly title: string;
  readonly description: string;
  readonly url: string;
  readonly picture?: string;
}

/** Title, description and Open Graph. */
function headHtml({ title, description, url, picture }: Head): string {
  const properties = [
    ['og:type', 'website'],
    ['og:site_name', BRAND],
    ['og:title', title],
    ['og:description', description],
    ['og:url', url],
    ...(picture === undefined ? [] : [['og:image', picture]]),
  ];
  const tags = properties.map(([name, text]) => `<meta property="${name!}" content="${escapeHtml(text!)}">`);
  return [
    `<title>${escapeHtml(title)}</title>`,
    `<meta name="description" content="${escapeHtml(description)}">`,
    `<link rel="canonical" href="${escapeHtml(url)}">`,
    ...tags,
  ].join('\n');
}

function shell(content: string): string {
  return `<div class="fp"><header><a href="/">${BRAND}</a></header><main>${content}</main></div>`;
}

function cardHtml(item: StorefrontCard, language: PageLanguage): string {
  return `<article><h2><a href="/plugins/${escapeHtml(item.marketplace_id)}">${escapeHtml(item.name)}</a></h2>
<p class="fp-dim">${escapeHtml(item.publisher.name)}</p><p>${escapeHtml(item.summary)}</p><p><b>${escapeHtml(priceOf(item, language))}</b></p></article>`;
}

function priceOf(
  { license_kind: kind, price_minor: minor, currency, billing_interval: interval }: StorefrontCard,
  language: PageLanguage,
): string {
  if (kind === 'free') return FIRST_WORDS[language].free;
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const amount = format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  if (kind === 'subscription')
    return `${amount} ${FIRST_WORDS[language][interval === 'year' ? 'perYear' : 'perMonth']}`;
  return kind === 'per_instance' ? `${amount} ${FIRST_WORDS[language].perShop}` : amount;
}

/** Texts of publishers stand in elements and in quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
