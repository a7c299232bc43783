import type { LicenseView } from '@hansa/contracts';
import { useFormats } from '@hansa/web-ui';
import { List } from '@mantine/core';
import { useWords } from '../../i18n/words.js';

export interface TermsProps {
  readonly license: Pick<LicenseView, 'status' | 'kind' | 'expires_at' | 'updates_until'>;
  /** Whether Stripe charges for the next term by itself. */
  readonly renews: boolean;
  /** When a cancelled subscription ends. */
  readonly cancelAt: string | null;
}

/** What holds for a license, and what happens on which day, in sentences. */
export function LicenseTerms({ license, renews, cancelAt }: TermsProps) {
  const say = useWords();
  const { date } = useFormats();
  const { status, kind, expires_at: end, updates_until: updates } = license;
  const words = () => {
    if (status === 'revoked' || status === 'suspended') return say(`merchant.term_${status}`);
    if (end === null) return say('merchant.term_forever');
    if (status === 'expired') return say('merchant.term_expired', { date: date(end) });
    if (cancelAt !== null) return say('merchant.term_cancelled', { date: date(cancelAt) });
    return say(renews ? 'merchant.term_renews' : 'merchant.term_ends', { date: date(end) });
  };
  const isPast = updates !== null && new Date(updates) < new Date();
  return (
    <List size="sm" spacing={4}>
      <List.Item>{words()}</List.Item>
      {updates !== null && kind !== 'subscription' && (
        <List.Item>
          {say(isPast ? 'merchant.updatesEnded' : 'merchant.updatesUntil', { date: date(updates) })}
        </List.Item>
      )}
    </List>
  );
}
