import { ConfirmButton, EmptyState, PageHeader, QueryState, useApi, useChange, useGet } from '@hansa/web-ui';
import { Group, NativeSelect, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import type { Merchant } from '../../session/use-session.js';
import { NeedsMerchant } from './needs-merchant.js';

const ROLES = ['member', 'admin', 'owner'] as const;

interface Member {
  readonly account_id: string | null;
  readonly email: string | null;
  readonly role: string;
}

/** The merchant's shops and who belongs to them. */
export function ShopsPage() {
  const say = useWords();
  return (
    <NeedsMerchant>
      {(merchant) => (
        <>
          <PageHeader title={say('nav.members')} lead={say('merchant.shopsLead')} />
          {merchant.shops.length === 0 && (
            <EmptyState title={say('merchant.shopsEmpty')}>{say('merchant.shopsEmptyLead')}</EmptyState>
          )}
          <Stack maw={760}>
            {merchant.shops.map((shop) => (
              <Shop key={shop.instance_id} shop={shop} />
            ))}
          </Stack>
        </>
      )}
    </NeedsMerchant>
  );
}

function Shop({ shop }: { readonly shop: Merchant['shops'][number] }) {
  const say = useWords();
  const api = useApi();
  const path = `/portal/api/shops/${shop.instance_id}/members`;
  const isOwner = shop.role === 'owner';
  const [given, setGiven] = useState({ email: '', role: 'member' });
  const members = useGet<{ readonly items: readonly Member[] }>(path);
  const roles = ROLES.map((value) => ({ value, label: say(`role.${value}`) }));
  const invite = useChange(() => api.post(path, { body: given }), {
    renews: [path],
    onDone: () => {
      notifications.show({ message: say('publish.invited', { email: given.email }) });
      setGiven({ email: '', role: 'member' });
    },
  });
  const change = useChange(
    ({ id, role }: { readonly id: string; readonly role: string }) => api.patch(`${path}/${id}`, { body: { role } }),
    { renews: [path] },
  );
  const remove = useChange((id: string) => api.delete(`${path}/${id}`), { renews: [path] });
  return (
    <Paper component="section" withBorder p="lg">
      <Group justify="space-between" mb="md">
        <div>
          <Title order={2} size="h5">
            {shop.base_url}
          </Title>
          <Text size="xs" c="dimmed">
            {shop.instance_id}
          </Text>
        </div>
        {isOwner && (
          <FormButton
            label={say('common.invite')}
            submit={say('common.invite')}
            isReady={given.email.includes('@')}
            onSubmit={() => invite.mutate()}
          >
            <TextInput
              type="email"
              label={say('signIn.email')}
              data-autofocus
              value={given.email}
              onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, email: value }))}
            />
            <NativeSelect
              label={say('common.role')}
              value={given.role}
              data={roles}
              onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, role: value }))}
            />
          </FormButton>
        )}
      </Group>
      <QueryState query={members}>
        {({ items }) => (
          <Stack gap="sm">
            {items.map(({ account_id: id, email, role }) => (
              <Group key={id ?? email} justify="space-between">
                <Text size="sm">{email ?? say('merchant.noEmail')}</Text>
                {isOwner && id !== null ? (
                  <Group gap="xs">
                    <NativeSelect
                      size="xs"
                      aria-label={`${say('common.role')}: ${email ?? id}`}
                      value={role}
                      data={roles}
                      onChange={({ currentTarget: { value } }) => change.mutate({ id, role: value })}
                    />
                    <ConfirmButton
                      label={say('common.remove')}
                      title={say('common.removeTitle', { name: email ?? id })}
                      color="red"
                      onConfirm={() => remove.mutate(id)}
                      button={{ size: 'xs' }}
                    >
                      <Text size="sm">{say('merchant.removeLead')}</Text>
                    </ConfirmButton>
                  </Group>
                ) : (
                  <Text size="sm" c="dimmed">
                    {say.maybe(`role.${role}`, role)}
                    {id === null && ` · ${say('merchant.invited')}`}
                  </Text>
                )}
              </Group>
            ))}
          </Stack>
        )}
      </QueryState>
    </Paper>
  );
}
