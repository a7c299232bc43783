import { useFormats } from '@hansa/web-ui';
import type { StorefrontCard } from '@hansa/contracts';
import { useWords } from '../../i18n/words.js';

type Priced = Pick<StorefrontCard, 'license_kind' | 'price_minor' | 'currency' | 'billing_interval'>;

/** What it costs, and how often. */
export function usePrice(): (item: Priced) => string {
  const say = useWords();
  const { money } = useFormats();
  return ({ license_kind: kind, price_minor: minor, currency, billing_interval: interval }) => {
    if (kind === 'free') return say('store.free');
    const amount = money(minor, currency);
    if (interval === 'month') return say('store.perMonth', { amount });
    if (interval === 'year') return say('store.perYear', { amount });
    return kind === 'per_instance' ? say('store.perShop', { amount }) : amount;
  };
}
