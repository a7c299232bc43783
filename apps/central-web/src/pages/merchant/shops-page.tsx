import { EmptyState, PageHeader, QueryState, useApi, useChange, useGet } from '@hansa/web-ui';
import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useWords } from '../../i18n/words.js';
import { InviteButton, RemoveButton, RoleSelect } from '../../parts/members.js';
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
  const members = useGet<{ readonly items: readonly Member[] }>(path);
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
        {isOwner && <InviteButton path={path} renews={[path]} roles={ROLES} usual="member" />}
      </Group>
      <QueryState query={members}>
        {({ items }) => (
          <Stack gap="sm">
            {items.map(({ account_id: id, email, role }) => (
              <Group key={id ?? email} justify="space-between">
                <Text size="sm">{email ?? say('merchant.noEmail')}</Text>
                {isOwner && id !== null ? (
                  <Group gap="xs">
                    <RoleSelect
                      who={email ?? id}
                      role={role}
                      roles={ROLES}
                      onChange={(wanted) => change.mutate({ id, role: wanted })}
                    />
                    <RemoveButton
                      who={email ?? id}
                      lead={say('merchant.removeLead')}
                      onRemove={() => remove.mutate(id)}
                    />
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
