import { Moment, useApi, useChange, useFormats, type Column } from '@hansa/web-ui';
import { Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { EnableButton } from '../../parts/enable-button.js';
import { FormButton } from '../../parts/form-button.js';
import { FoundSelect } from '../../parts/found-select.js';
import { ListPage } from '../../parts/list-page.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { NewCertificate, PriceButton, type CertificateSettings } from './certificate-form.js';

const PATH = '/console/market/products';
const CERTIFICATES = '/console/market/certificate-products';

interface MarketProduct {
  readonly id: string;
  readonly marketplace_id: string;
  readonly name: string;
  readonly kind: 'license' | 'certificate';
  readonly price_minor: number;
  readonly currency: string;
  readonly enabled: boolean;
  readonly created_at: string;
}

interface Added {
  readonly id: string;
}

interface Change {
  readonly id: string;
  readonly enabled?: boolean;
  readonly price_minor?: number;
}

/** What cPanel servers sell: packages of the catalog, and certificates. */
export function MarketProductsPage() {
  const say = useWords();
  const api = useApi();
  const { money } = useFormats();
  const renews = [PATH];
  const sell = useChange((body: { readonly marketplace_id: string }) => api.post<Added>(PATH, { body }), { renews });
  const issue = useChange((body: CertificateSettings) => api.post<Added>(CERTIFICATES, { body }), { renews });
  const change = useChange(({ id, ...body }: Change) => api.patch(`${PATH}/${id}`, { body }), { renews });
  const columns: Column<MarketProduct>[] = [
    {
      key: 'name',
      title: say('common.package'),
      cell: ({ name, marketplace_id: id }) => (
        <>
          <Text size="sm">{name}</Text>
          <Text size="xs" c="dimmed">
            {id}
          </Text>
        </>
      ),
    },
    { key: 'kind', title: say('connections.productKind'), cell: ({ kind }) => say(`connections.kind_${kind}`) },
    {
      key: 'price',
      title: say('store.price'),
      numeric: true,
      cell: ({ kind, price_minor: price, currency }) =>
        kind === 'certificate'
          ? say('connections.perName', { amount: money(price, currency) })
          : money(price, currency),
    },
    { key: 'since', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ enabled }) => <StatusBadge status={enabled ? 'active' : 'disabled'} />,
    },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: ({ id, name, kind, price_minor: price, currency, enabled }) => (
        <Group gap="xs">
          {kind === 'certificate' && (
            <PriceButton
              key={price}
              name={name}
              priceMinor={price}
              currency={currency}
              onGiven={(price_minor) => change.mutate({ id, price_minor })}
            />
          )}
          <EnableButton
            name={name}
            isEnabled={enabled}
            lead={say('connections.disableProductLead')}
            onChange={(wanted) => change.mutate({ id, enabled: wanted })}
          />
        </Group>
      ),
    },
  ];
  return (
    <ListPage
      title={say('nav.marketProducts')}
      lead={say('connections.productsLead')}
      path={PATH}
      whole
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('connections.productsEmpty')}
      actions={
        <Group gap="sm">
          <SellPackage
            key={`package ${sell.data?.id ?? ''}`}
            onGiven={(marketplace_id) => sell.mutate({ marketplace_id })}
          />
          <NewCertificate key={`certificate ${issue.data?.id ?? ''}`} onGiven={issue.mutate} />
        </Group>
      }
    />
  );
}

function SellPackage({ onGiven }: { readonly onGiven: (marketplaceId: string) => void }) {
  const say = useWords();
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <FormButton
      label={say('connections.sellPackage')}
      submit={say('connections.sell')}
      isReady={chosen !== null}
      onSubmit={() => chosen !== null && onGiven(chosen)}
    >
      <Text size="sm">{say('connections.sellPackageLead')}</Text>
      <FoundSelect<{ readonly marketplace_id: string }>
        label={say('common.package')}
        path="/console/packages"
        optionOf={({ marketplace_id: id }) => ({ value: id, label: id })}
        value={chosen}
        onChange={setChosen}
      />
    </FormButton>
  );
}
