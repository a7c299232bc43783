import { markup, page, pageHeaders } from '@hansa/platform';

/** Headers of the return pages: nothing is loaded, sent or framed, and what stands in the address goes to nobody. */
export const RETURN_PAGE_HEADERS = pageHeaders('no form');

/** What a page says about an order. `baseUrl` is the shop's registered address; nothing in it comes from the browser. */
export interface ReturnPage {
  readonly title: string;
  readonly text: string;
  readonly baseUrl: string | undefined;
  /** Goes along with the way back as `order_status`, for the words of the shop's screens. */
  readonly outcome?: 'success' | 'cancelled';
  /** Whether it also leads to the portal: a license may have been extended from there. */
  readonly toPortal?: boolean;
}

export function renderReturnPage({ title, text, baseUrl, outcome, toPortal = false }: ReturnPage): string {
  const portal = toPortal ? markup`<a class="act" href="/merchant/licenses">Your licenses</a>` : '';
  const back =
    baseUrl === undefined
      ? ''
      : markup`<a class="act plain" href="${withOutcome(baseUrl, outcome)}">Back to ${hostOf(baseUrl)}</a>`;
  return page(title, markup`<p>${text}</p><div class="choice">${portal}${back}</div>`);
}

function withOutcome(url: string, outcome: ReturnPage['outcome']): string {
  if (outcome === undefined || !URL.canParse(url)) return url;
  const address = new URL(url);
  address.searchParams.set('order_status', outcome);
  return address.href;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'your shop';
}
