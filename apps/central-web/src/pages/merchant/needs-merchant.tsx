import { ErrorState, LoadingState, PageHeader } from '@hansa/web-ui';
import { Card } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/words.js';
import { useMerchant, type Merchant } from '../../session/use-session.js';
import { MerchantLink } from '../store/sign-in-page.js';

/** The page of a merchant, or the way in for somebody who is not signed in. */
export function NeedsMerchant({ children }: { readonly children: (merchant: Merchant) => ReactNode }) {
  const say = useWords();
  const { person, error } = useMerchant();
  if (error) return <ErrorState error={error} />;
  if (person === undefined) return <LoadingState />;
  if (person) return children(person);
  return (
    <>
      <PageHeader title={say('merchant.signInTitle')} />
      <Card withBorder padding="lg" maw={440}>
        <MerchantLink />
      </Card>
    </>
  );
}
