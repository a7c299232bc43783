import type { CheckoutSessionResponse, Product } from '@hansa/contracts';
import { ApiProblem, ErrorState, useApi, useChange, useUiWords } from '@hansa/web-ui';
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS } from '../model.js';
import { useSession } from '../session.js';
import { rememberPurchase } from './purchase.js';
import { usePrice, type Priced } from './use-price.js';

export interface BuyProps {
  readonly product: Pick<Product, 'marketplace_id' | 'name' | 'version' | 'license_kind' | 'trial_days'> & Priced;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks for the receipt's address and goes to Stripe's page. What was begun is remembered for when the browser comes back. */
export function BuyModal({ product, isOpen, onClose }: BuyProps) {
  const say = useWords();
  const ui = useUiWords();
  const api = useApi();
  const navigate = useNavigate();
  const priceOf = usePrice();
  const { license_kind: kind, trial_days: trialDays } = product;
  const { session } = useSession();
  const [email, setEmail] = useState<string>();
  const [key] = useState(() => crypto.randomUUID());
  const address = email ?? session?.email ?? '';
  const checkout = useChange(
    () => {
      const { marketplace_id, version } = product;
      const body = { marketplace_id, version, customer_email: address };
      // The same key for the same wish: pressing twice opens one payment page.
      return api.post<CheckoutSessionResponse>(PATHS.checkout, {
        body,
        headers: { 'idempotency-key': `${key}-${address}`.replace(/[^\w-]/g, '_') },
      });
    },
    {
      onDone: ({ url }) => {
        const { marketplace_id: marketplaceId, name, version } = product;
        rememberPurchase({ marketplaceId, name, version, startedAt: new Date().toISOString() });
        window.location.assign(url);
      },
      onRefused: () => true,
    },
  );
  const heldLicense = licenseIn(checkout.error);
  const reclaim = useChange((id: string) => api.post(`${PATHS.licenses}/${encodeURIComponent(id)}/reclaim`), {
    onDone: () => {
      const { marketplace_id: marketplaceId, name, version } = product;
      rememberPurchase({ marketplaceId, name, version, isPaid: false, startedAt: new Date().toISOString() });
      return navigate({ to: '/marketplace/purchase' });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    checkout.mutate();
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={say('buy.title', { name: product.name })} centered>
      <form onSubmit={submit}>
        <Stack>
          <div>
            <Text fw={600}>
              {priceOf(product)}
              {kind !== undefined && ` · ${say(`kind.${kind}`)}`}
            </Text>
            {trialDays !== undefined && <Text size="sm">{say('product.trial', { count: trialDays })}</Text>}
          </div>
          <Text size="sm">{say('buy.lead')}</Text>
          {checkout.error && heldLicense === null && <ErrorState error={checkout.error} />}
          {heldLicense !== null && (
            <Alert role="alert" color="blue">
              <Stack gap="sm" align="flex-start">
                <Text size="sm">{say('problem.ALREADY_LICENSED')}</Text>
                <Button loading={reclaim.isPending || reclaim.isSuccess} onClick={() => reclaim.mutate(heldLicense)}>
                  {say('buy.reclaim')}
                </Button>
              </Stack>
            </Alert>
          )}
          <TextInput
            label={say('buy.email')}
            description={say('buy.emailHint')}
            type="email"
            autoComplete="email"
            required
            withAsterisk={false}
            data-autofocus
            value={address}
            onChange={({ currentTarget: { value } }) => setEmail(value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {ui('action.cancel')}
            </Button>
            <Button type="submit" disabled={heldLicense !== null} loading={checkout.isPending || checkout.isSuccess}>
              {say('buy.go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The license the shop has already, where that is why nothing is sold. */
function licenseIn(error: unknown): string | null {
  if (!(error instanceof ApiProblem) || error.code !== 'ALREADY_LICENSED') return null;
  const { license_id: id } = error.facts;
  return typeof id === 'string' ? id : null;
}
