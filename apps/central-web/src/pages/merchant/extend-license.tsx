import { ConfirmButton, useApi, useChange, useFormats } from '@hansa/web-ui';
import { NumberInput, Text } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';

const MOST_SEATS = 1_000;

/** What further payments for a license cost. */
export interface Offer {
  readonly renewal_minor: number;
  readonly seat_minor: number | null;
  readonly currency: string;
}

/** Renews a license or adds seats to it, on Stripe's page. */
export function ExtendLicense({ path, name, offer }: { path: string; name: string; offer: Offer }) {
  const say = useWords();
  const api = useApi();
  const { money } = useFormats();
  const [seats, setSeats] = useState(1);
  const { renewal_minor: renewal, seat_minor: seat, currency } = offer;
  const pay = useChange(
    (body: { readonly seats?: number }) => api.post<{ readonly url: string }>(`${path}/checkout`, { body }),
    { onDone: ({ url }) => globalThis.location.assign(url) },
  );
  const button = { size: 'xs', loading: pay.isPending } as const;
  return (
    <>
      <ConfirmButton
        label={say('merchant.renew')}
        title={say('merchant.renewTitle', { name })}
        confirm={say('merchant.toPayment')}
        onConfirm={() => pay.mutate({})}
        button={button}
      >
        <Text size="sm">{say('merchant.renewLead', { amount: money(renewal, currency) })}</Text>
      </ConfirmButton>
      {seat !== null && (
        <ConfirmButton
          label={say('merchant.addSeats')}
          title={say('merchant.addSeatsTitle', { name })}
          confirm={say('merchant.toPayment')}
          onConfirm={() => pay.mutate({ seats })}
          button={button}
        >
          <NumberInput
            label={say('merchant.moreSeats')}
            value={seats}
            onChange={(value) => setSeats(typeof value === 'number' ? value : 1)}
            min={1}
            max={MOST_SEATS}
            clampBehavior="strict"
            allowDecimal={false}
          />
          <Text size="sm">{say('merchant.addSeatsLead', { amount: money(seat * seats, currency) })}</Text>
        </ConfirmButton>
      )}
    </>
  );
}
