import type { ReleaseFinding } from '@hansa/contracts';

/** What is looked at of a product page. */
export interface CheckedListing {
  readonly name: string;
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly icon_url?: string | null | undefined;
  readonly screenshots?: readonly string[] | undefined;
}

const LINK = /!?\[[^\]\n]{0,300}\]\(\s*<?([^)\s>]{1,2000})/g;

/** Whether pictures and links of a product page are addresses, and its texts say something. Nothing is fetched. */
export function checkListing({ name, summary, description, ...page }: CheckedListing): ReleaseFinding[] {
  const findings: ReleaseFinding[] = [];
  const pictures = [...(page.icon_url ? [page.icon_url] : []), ...(page.screenshots ?? [])];
  for (const url of pictures) {
    if (!isWebAddress(url)) findings.push(found('warning', `${url} is no web address`, 'Use an https address.'));
    else if (url.startsWith('http:')) findings.push(found('info', `${url} is not encrypted`, 'Use https.'));
  }
  for (const [, url = ''] of description.matchAll(LINK)) {
    const fits = url.startsWith('#') || url.startsWith('mailto:') || isWebAddress(url);
    if (!fits) findings.push(found('warning', `the description links to ${url}`, 'Use a full https address.'));
  }
  if (/\b(lorem ipsum|TODO|TBD)\b/.test(description)) {
    findings.push(found('warning', 'the description is a draft', 'Say what merchants get.'));
  }
  if (summary.trim().toLowerCase() === name.trim().toLowerCase()) {
    findings.push(found('info', 'the summary repeats the name', 'Say in one sentence what it does.'));
  }
  return findings;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function found(severity: ReleaseFinding['severity'], message: string, advice: string): ReleaseFinding {
  return { check: 'listing', severity, message, advice };
}
