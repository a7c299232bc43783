import { PageHeader, QueryState, useApi, useChange, useGet } from '@hansa/web-ui';
import { Alert, Anchor, Button, Checkbox, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useWords } from '../../i18n/words.js';
import { Facts } from '../../parts/facts.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { useAccount } from '../../session/use-session.js';
import { FirstSteps } from './first-steps.js';
import { useOwnPublisher } from './use-own-publisher.js';

interface Publisher {
  readonly id: string;
  readonly name: string;
  readonly verified: boolean;
  readonly agreement_version: string | null;
  readonly two_person_review: boolean;
  readonly namespaces: readonly { readonly namespace: string; readonly verified: boolean }[];
}

/** The publisher and its namespaces; for somebody without one, how to become one. */
export function OverviewPage() {
  const say = useWords();
  const own = useOwnPublisher();
  const publisher = useGet<Publisher>('/publisher', undefined, { enabled: own !== undefined });
  if (!own) return <Begin />;
  return (
    <QueryState query={publisher}>
      {(data) => (
        <>
          <PageHeader title={data.name} lead={say(`role.${own.role}`)} />
          <Stack maw={760}>
            {own.role !== 'viewer' && <FirstSteps hasNamespace={data.namespaces.length > 0} />}
            <Paper withBorder p="lg">
              <Facts
                items={[
                  ['ID', data.id],
                  [say('publish.agreement'), data.agreement_version],
                  [
                    say('publish.reviewRule'),
                    data.two_person_review ? say('publish.twoPeople') : say('publish.onePerson'),
                  ],
                ]}
              />
            </Paper>
            <Namespaces publisher={data} isOwner={own.role === 'owner'} />
          </Stack>
        </>
      )}
    </QueryState>
  );
}

function Namespaces({ publisher, isOwner }: { readonly publisher: Publisher; readonly isOwner: boolean }) {
  const say = useWords();
  const api = useApi();
  const [namespace, setNamespace] = useState('');
  const claim = useChange(() => api.post('/publisher/namespaces', { body: { namespace: `@${namespace}` } }), {
    renews: ['/publisher'],
    onDone: () => setNamespace(''),
  });
  return (
    <Paper component="section" withBorder p="lg">
      <Title order={2} size="h5">
        {say('operate.namespaces')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {say('publish.namespacesLead')}
      </Text>
      <Stack gap="xs">
        {publisher.namespaces.map(({ namespace: name, verified }) => (
          <Group key={name} justify="space-between">
            <Text>{name}</Text>
            <StatusBadge status={verified ? 'verified' : 'unverified'} />
          </Group>
        ))}
      </Stack>
      {isOwner && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            claim.mutate();
          }}
        >
          <Group align="flex-end" mt="md">
            <TextInput
              label={say('publish.claim')}
              leftSection="@"
              pattern="[a-z0-9][a-z0-9\-]{0,38}"
              value={namespace}
              flex={1}
              onChange={({ currentTarget: { value } }) => setNamespace(value.toLowerCase())}
            />
            <Button type="submit" variant="default" disabled={namespace === ''} loading={claim.isPending}>
              {say('publish.claimSubmit')}
            </Button>
          </Group>
        </form>
      )}
    </Paper>
  );
}

/** Founds a publisher, or joins one that sent an invitation. */
function Begin() {
  const say = useWords();
  const api = useApi();
  const { person } = useAccount();
  const [name, setName] = useState('');
  const [agrees, setAgrees] = useState(false);
  const [token, setToken] = useState('');
  const agreement = useGet<{ version: string; url: string }>('/account/agreement');
  const found = useChange(
    () => api.post('/account/publishers', { body: { name, agreement_version: agreement.data?.version } }),
    { renews: ['/account', '/publisher'] },
  );
  const join = useChange(() => api.post('/account/invitations', { body: { token: token.trim() } }), {
    renews: ['/account', '/publisher'],
  });
  return (
    <>
      <PageHeader title={say('publish.beginTitle')} lead={say('publish.beginLead')} />
      {person?.operator === true && (
        <Alert mb="md" color="gray">
          {say('publish.beginOperator')}
        </Alert>
      )}
      <Group align="stretch">
        <Choice title={say('publish.found')} onSubmit={() => found.mutate()}>
          <TextInput
            label={say('publish.publisherName')}
            minLength={2}
            maxLength={80}
            required
            withAsterisk={false}
            value={name}
            onChange={({ currentTarget: { value } }) => setName(value)}
          />
          <Checkbox
            checked={agrees}
            onChange={({ currentTarget: { checked } }) => setAgrees(checked)}
            label={
              <>
                {say('publish.agree')}{' '}
                <Anchor href={agreement.data?.url ?? ''} target="_blank" rel="noreferrer">
                  {say('publish.agreementVersion', { version: agreement.data?.version ?? '' })}
                </Anchor>
              </>
            }
          />
          <Button type="submit" disabled={!agrees || name.trim().length < 2} loading={found.isPending}>
            {say('publish.foundSubmit')}
          </Button>
        </Choice>
        <Choice title={say('publish.join')} onSubmit={() => join.mutate()}>
          <TextInput
            label={say('publish.invitation')}
            description={say('publish.invitationLead')}
            value={token}
            onChange={({ currentTarget: { value } }) => setToken(value)}
          />
          <Button type="submit" variant="default" disabled={token.trim() === ''} loading={join.isPending}>
            {say('publish.joinSubmit')}
          </Button>
        </Choice>
      </Group>
    </>
  );
}

function Choice(props: { readonly title: string; readonly onSubmit: () => void; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="lg" flex="1 1 18rem">
      <Title order={2} size="h5" mb="md">
        {props.title}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
      >
        <Stack>{props.children}</Stack>
      </form>
    </Paper>
  );
}
