import type { FeedProduct } from '@hansa/contracts';
import { useFormats } from '@hansa/web-ui';
import { useWords } from '../i18n/words.js';

export type Priced = Pick<FeedProduct, 'price_eur' | 'billing_interval'>;

/** What it costs, and how often. */
export function usePrice(): (product: Priced) => string {
  const say = useWords();
  const { money } = useFormats();
  return ({ price_eur: price, billing_interval: interval }) => {
    if (price === 0) return say('browse.free');
    const amount = money(Math.round(price * 100), 'EUR');
    return interval === undefined ? amount : say(`price.${interval}`, { amount });
  };
}
