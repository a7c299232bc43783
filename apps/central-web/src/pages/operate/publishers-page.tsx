import type { ConsolePublisherView } from '@hansa/contracts';
import { ConfirmButton, Moment, useApi, useChange, useFormats, useGet, type Column, type Page } from '@hansa/web-ui';
import { Alert, Badge, Button, Group, Stack, Switch, Text } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';

interface Claim {
  readonly namespace: string;
  readonly claimed_at: string;
  readonly publisher: { readonly id: string; readonly name: string };
  readonly resembles: readonly string[];
}

/** Publishers, and the namespaces that wait to be verified. */
export function PublishersPage() {
  const say = useWords();
  const api = useApi();
  const { count } = useFormats();
  const rule = useChange(
    ({ id, two_person }: { readonly id: string; readonly two_person: boolean }) =>
      api.put(`/console/publishers/${encodeURIComponent(id)}/review`, { body: { two_person } }),
    { renews: ['/console/publishers'] },
  );
  const columns: Column<ConsolePublisherView>[] = [
    {
      key: 'publisher',
      title: say('common.publisher'),
      cell: ({ name, verified }) => (
        <Group gap="xs">
          {name}
          {verified && (
            <Badge variant="light" color="green" tt="none">
              {say('store.verified')}
            </Badge>
          )}
        </Group>
      ),
    },
    { key: 'namespaces', title: say('operate.namespaces'), cell: ({ namespaces }) => namespaces.join(', ') },
    { key: 'packages', title: say('nav.packages'), numeric: true, cell: (row) => count(row.packages) },
    { key: 'members', title: say('nav.team'), numeric: true, cell: (row) => count(row.members) },
    { key: 'since', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
    {
      key: 'rule',
      title: say('operate.twoPerson'),
      cell: ({ id, name, two_person: isOn }) => (
        <Switch
          aria-label={`${say('operate.twoPerson')}: ${name}`}
          checked={isOn}
          onChange={({ currentTarget: { checked } }) => rule.mutate({ id, two_person: checked })}
        />
      ),
    },
  ];
  return (
    <ListPage
      title={say('nav.publishers')}
      path="/console/publishers"
      columns={columns}
      rowKey={({ id }) => id}
      search={say('operate.searchPublishers')}
      empty={say('common.nothingFound')}
      notice={<Claims />}
    />
  );
}

/** A namespace is for ever: a person looks before it is one. */
function Claims() {
  const say = useWords();
  const api = useApi();
  const { data } = useGet<Page<Claim>>('/console/namespaces');
  const verify = useChange(
    (namespace: string) => api.post(`/console/namespaces/${encodeURIComponent(namespace)}/verify`),
    { renews: ['/console'] },
  );
  if (!data || data.count === 0) return null;
  return (
    <Alert icon={<IconTag />} color="blue" mb="lg" title={say('operate.claims')}>
      <Stack gap="sm">
        {data.items.map(({ namespace, publisher, claimed_at: at, resembles }) => (
          <Group key={namespace} justify="space-between">
            <div>
              <Text size="sm" fw={600}>
                {namespace} · {publisher.name}
              </Text>
              <Text size="xs">
                <Moment at={at} />
                {resembles.length > 0 && ` · ${say('operate.resembles', { names: resembles.join(', ') })}`}
              </Text>
            </div>
            <ConfirmButton
              label={say('operate.verify')}
              title={say('operate.verifyTitle', { namespace })}
              onConfirm={() => verify.mutate(namespace)}
              button={{ size: 'xs' }}
            >
              <Text size="sm">{say('operate.verifyLead', { publisher: publisher.name })}</Text>
            </ConfirmButton>
          </Group>
        ))}
        {verify.isPending && <Button loading>{say('operate.verify')}</Button>}
      </Stack>
    </Alert>
  );
}
