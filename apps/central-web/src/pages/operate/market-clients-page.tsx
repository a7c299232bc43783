import { Moment, useApi, useChange, type Column } from '@hansa/web-ui';
import { Group, TagsInput, Text, TextInput, type ButtonProps } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { EnableButton } from '../../parts/enable-button.js';
import { FormButton } from '../../parts/form-button.js';
import { ListPage } from '../../parts/list-page.js';
import { Mono } from '../../parts/mono.js';
import { StatusBadge } from '../../parts/status-badge.js';

const PATH = '/console/market/clients';
const MAX_ORIGINS = 10;

interface Settings {
  readonly name: string;
  readonly origins: readonly string[];
}

interface MarketClient extends Settings {
  readonly id: string;
  readonly enabled: boolean;
  readonly created_at: string;
}

/** The cPanel servers that sell what the hub sells. */
export function MarketClientsPage() {
  const say = useWords();
  const api = useApi();
  const create = useChange((body: Settings) => api.post<MarketClient>(PATH, { body }), { renews: [PATH] });
  const change = useChange(
    ({ id, ...body }: Partial<MarketClient> & { readonly id: string }) => api.patch(`${PATH}/${id}`, { body }),
    { renews: [PATH] },
  );
  const columns: Column<MarketClient>[] = [
    { key: 'name', title: say('common.name'), cell: (row) => row.name },
    { key: 'id', title: say('connections.clientId'), cell: ({ id }) => <Mono text={id} /> },
    {
      key: 'origins',
      title: say('connections.origins'),
      cell: ({ origins }) =>
        origins.map((origin) => (
          <Text key={origin} size="xs">
            {origin}
          </Text>
        )),
    },
    { key: 'created', title: say('common.created'), cell: ({ created_at: at }) => <Moment at={at} /> },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ enabled }) => <StatusBadge status={enabled ? 'active' : 'disabled'} />,
    },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: (client) => (
        <Group gap="xs">
          <ClientForm
            label={say('connections.edit')}
            submit={say('connections.keep')}
            settings={client}
            onGiven={(settings) => change.mutate({ id: client.id, ...settings })}
            button={{ size: 'xs', variant: 'default' }}
          />
          <EnableButton
            name={client.name}
            isEnabled={client.enabled}
            lead={say('connections.disableClientLead')}
            onChange={(enabled) => change.mutate({ id: client.id, enabled })}
          />
        </Group>
      ),
    },
  ];
  return (
    <ListPage
      title={say('nav.marketClients')}
      lead={say('connections.marketLead')}
      path={PATH}
      whole
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('common.noneYet')}
      actions={
        <ClientForm
          key={create.data?.id ?? 'first'}
          label={say('connections.newClient')}
          submit={say('common.create')}
          settings={{ name: '', origins: [] }}
          onGiven={create.mutate}
        />
      }
    />
  );
}

interface ClientFormProps {
  readonly label: string;
  readonly submit: string;
  readonly settings: Settings;
  readonly onGiven: (settings: Settings) => void;
  readonly button?: ButtonProps;
}

function ClientForm({ label, submit, settings, onGiven, button = {} }: ClientFormProps) {
  const say = useWords();
  const [name, setName] = useState(settings.name);
  const [origins, setOrigins] = useState([...settings.origins]);
  return (
    <FormButton
      label={label}
      submit={submit}
      isReady={name.trim() !== '' && origins.length > 0}
      onSubmit={() => onGiven({ name: name.trim(), origins })}
      button={button}
    >
      <TextInput
        label={say('common.name')}
        description={say('connections.clientNameLead')}
        maxLength={100}
        value={name}
        data-autofocus
        onChange={({ currentTarget: { value } }) => setName(value)}
      />
      <TagsInput
        label={say('connections.origins')}
        description={say('connections.originsLead')}
        placeholder="https://server.example:2083"
        maxTags={MAX_ORIGINS}
        value={origins}
        onChange={setOrigins}
      />
    </FormButton>
  );
}
