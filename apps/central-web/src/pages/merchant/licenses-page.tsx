import type { LicenseView } from '@hansa/contracts';
import {
  ConfirmButton,
  EmptyState,
  Moment,
  PageHeader,
  Pages,
  QueryState,
  useApi,
  useChange,
  useFormats,
  useGet,
} from '@hansa/web-ui';
import { Anchor, Button, Group, NativeSelect, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import { Mono } from '../../parts/mono.js';
import { partOf } from '../../parts/part-of.js';
import { StatusBadge } from '../../parts/status-badge.js';
import type { Merchant } from '../../session/use-session.js';
import { ExtendLicense, type Offer } from './extend-license.js';
import { LicenseTerms } from './license-terms.js';
import { NeedsMerchant } from './needs-merchant.js';
import { OfflineRequest } from './offline-request.js';

const CARDS = 12;
const PATH = '/portal/api/licenses';

interface License extends LicenseView {
  readonly marketplace_id: string;
  readonly name: string;
  readonly instance_id: string | null;
  readonly activations: readonly {
    readonly instance_id: string;
    readonly base_url: string;
    readonly environment: string;
    readonly activated_at: string;
  }[];
  readonly manageable: boolean;
  readonly renews: boolean;
  readonly cancel_at: string | null;
  readonly offer: Offer | null;
  readonly move_undoable_until: string | null;
}

/** What the merchant holds: the terms in words, where it runs, and what he may do with it. */
export function LicensesPage() {
  return <NeedsMerchant>{(merchant) => <Licenses merchant={merchant} />}</NeedsMerchant>;
}

function Licenses({ merchant }: { readonly merchant: Merchant }) {
  const say = useWords();
  const [offset, setOffset] = useState(0);
  const licenses = useGet<{ readonly items: readonly License[] }>(PATH);
  return (
    <>
      <PageHeader title={say('nav.licenses')} lead={say('merchant.licensesLead')} />
      <QueryState query={licenses}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title={say('merchant.licensesEmpty')}
              action={
                <Button component={Link} to="/" variant="default">
                  {say('nav.browse')}
                </Button>
              }
            >
              {!merchant.email_proven && say('merchant.unproven')}
            </EmptyState>
          ) : (
            <>
              <SimpleGrid cols={{ base: 1, lg: 2 }}>
                {partOf(items, offset, CARDS).items.map((license) => (
                  <LicenseCard key={license.id} license={license} merchant={merchant} />
                ))}
              </SimpleGrid>
              {items.length > CARDS && <Pages page={partOf(items, offset, CARDS)} onPage={setOffset} />}
            </>
          )
        }
      </QueryState>
      <OfflineRequest renews={PATH} />
    </>
  );
}

function LicenseCard({ license, merchant }: { readonly license: License; readonly merchant: Merchant }) {
  const say = useWords();
  // Stripe's own word of it comes a moment later.
  const [cancelled, setCancelled] = useState<string | null>(null);
  const cancelAt = license.cancel_at ?? cancelled;
  const renews = license.renews && cancelAt === null;
  return (
    <Paper component="article" withBorder p="lg">
      <Stack h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={2} size="h5">
              <Anchor component={Link} to={`/plugins/${license.marketplace_id}`} inherit>
                {license.name}
              </Anchor>
            </Title>
            <Text size="xs" c="dimmed">
              {license.marketplace_id}
            </Text>
          </div>
          <StatusBadge status={license.status} />
        </Group>
        <LicenseTerms license={license} renews={renews} cancelAt={cancelAt} />
        <div>
          <Text size="sm" fw={600}>
            {say('merchant.activations')}
          </Text>
          {license.kind === 'per_instance' && (
            <Text size="sm">{say('merchant.seats', { used: license.seats_used, count: license.seats })}</Text>
          )}
          {license.activations.length === 0 && (
            <Text size="sm" c="dimmed">
              {say('merchant.nowhere')}
            </Text>
          )}
          {license.activations.map((activation) => (
            <Group key={activation.instance_id + activation.activated_at} gap="xs">
              <Text size="sm">{activation.base_url}</Text>
              <Text size="xs" c="dimmed">
                {activation.environment} · <Moment at={activation.activated_at} />
              </Text>
            </Group>
          ))}
        </div>
        <Group gap="xs" mt="auto">
          <Text size="xs" c="dimmed">
            {say('merchant.licenseId')}
          </Text>
          <Mono text={license.id} />
        </Group>
        {license.manageable && (
          <Actions license={license} merchant={merchant} renews={renews} onCancelled={setCancelled} />
        )}
      </Stack>
    </Paper>
  );
}

interface ActionsProps {
  readonly license: License;
  readonly merchant: Merchant;
  readonly renews: boolean;
  readonly onCancelled: (at: string) => void;
}

function Actions({ license, merchant, renews, onCancelled }: ActionsProps) {
  const say = useWords();
  const api = useApi();
  const { date, dateTime } = useFormats();
  const [to, setTo] = useState('');
  const path = `${PATH}/${license.id}`;
  const { move_undoable_until: undoableUntil } = license;
  const from = license.activations[0]?.instance_id ?? license.instance_id;
  const others = merchant.shops.filter(({ instance_id: id }) => id !== from);
  const undo = useChange(() => api.post(`${path}/undo-move`), { renews: [PATH] });
  const move = useChange(() => api.post<{ undoable_until: string }>(`${path}/move`, { body: { from, to } }), {
    renews: [PATH],
    onDone: ({ undoable_until: until }) =>
      notifications.show({ message: say('merchant.moved', { date: dateTime(until) }) }),
  });
  const cancel = useChange(() => api.post<{ cancel_at: string }>(`${path}/cancel`), {
    renews: [PATH],
    onDone: ({ cancel_at: at }) => {
      onCancelled(at);
      notifications.show({ message: say('merchant.cancelled', { date: date(at) }) });
    },
  });
  const billing = useChange(() => api.post<{ readonly url: string }>(`${path}/billing-portal`), {
    onDone: ({ url }) => globalThis.location.assign(url),
  });
  return (
    <Group gap="sm">
      {license.offer && <ExtendLicense path={path} name={license.name} offer={license.offer} />}
      {from !== null && others.length > 0 && (
        <FormButton
          label={say('merchant.move')}
          title={say('merchant.moveTitle', { name: license.name })}
          submit={say('merchant.move')}
          isReady={to !== ''}
          onSubmit={() => move.mutate()}
          button={{ size: 'xs', variant: 'default', loading: move.isPending }}
        >
          <Text size="sm">{say('merchant.moveLead')}</Text>
          <NativeSelect
            label={say('merchant.moveTo')}
            value={to}
            onChange={({ currentTarget: { value } }) => setTo(value)}
            data={[
              { value: '', label: say('merchant.chooseShop') },
              ...others.map(({ instance_id: value, base_url: label }) => ({ value, label })),
            ]}
          />
        </FormButton>
      )}
      {undoableUntil !== null && (
        <Group gap="xs">
          <Button size="xs" variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>
            {say('merchant.undo')}
          </Button>
          <Text size="xs" c="dimmed">
            {say('merchant.undoUntil', { date: dateTime(undoableUntil) })}
          </Text>
        </Group>
      )}
      {license.renews && (
        <Button size="xs" variant="default" loading={billing.isPending} onClick={() => billing.mutate()}>
          {say('merchant.billing')}
        </Button>
      )}
      {renews && (
        <ConfirmButton
          label={say('merchant.cancel')}
          title={say('merchant.cancelTitle', { name: license.name })}
          color="red"
          onConfirm={() => cancel.mutate()}
          button={{ size: 'xs', loading: cancel.isPending }}
        >
          <Text size="sm">{say('merchant.cancelLead')}</Text>
        </ConfirmButton>
      )}
    </Group>
  );
}
