import type { ConsolePublisherView } from '@hansa/contracts';
import { Moment, useApi, useChange, useFormats, type Column } from '@hansa/web-ui';
import { Anchor, NumberInput, PasswordInput, Switch, TagsInput, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';
import { FoundSelect } from '../../parts/found-select.js';
import { ListPage } from '../../parts/list-page.js';
import { SecretOnce } from '../../parts/secret-once.js';
import { LIST_POLL_MS } from './polling.js';
import { COMPOSER_SOURCES, SourceActions, SourceState, type ComposerSource } from './source-parts.js';

interface NewSource {
  readonly publisher_id: string;
  readonly url: string;
  readonly credential?: string;
  readonly prefixes: readonly string[];
  readonly branches: boolean;
  readonly interval_minutes: number;
}

/** The Git repositories Composer packages come from. */
export function ComposerSourcesPage() {
  const say = useWords();
  const api = useApi();
  const { count } = useFormats();
  const add = useChange(
    (body: NewSource) => api.post<{ id: string; webhook_secret: string }>(COMPOSER_SOURCES, { body }),
    { renews: [COMPOSER_SOURCES] },
  );
  const columns: Column<ComposerSource>[] = [
    {
      key: 'source',
      title: say('connections.repository'),
      cell: ({ id, url }) => (
        <Anchor component={Link} to={`/operate/composer-sources/${id}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {url}
        </Anchor>
      ),
    },
    { key: 'prefixes', title: say('connections.prefixes'), cell: ({ prefixes }) => prefixes.join(', ') },
    { key: 'state', title: say('common.state'), cell: (source) => <SourceState source={source} /> },
    {
      key: 'synced',
      title: say('connections.lastSync'),
      cell: ({ last_synced_at: at }) => (at === null ? say('common.never') : <Moment at={at} />),
    },
    { key: 'problems', title: say('connections.problems'), numeric: true, cell: (row) => count(row.problem_count) },
    { key: 'actions', title: say('common.actions'), cell: (source) => <SourceActions source={source} /> },
  ];
  const made = add.data && `${location.origin}/webhooks/composer-sources/${add.data.id}\n${add.data.webhook_secret}`;
  return (
    <>
      <ListPage
        title={say('nav.composerSources')}
        lead={say('connections.sourcesLead')}
        path={COMPOSER_SOURCES}
        whole
        refetchInterval={LIST_POLL_MS}
        columns={columns}
        rowKey={({ id }) => id}
        empty={say('common.noneYet')}
        actions={<NewSourceForm key={add.data?.id ?? 'next'} onGiven={add.mutate} />}
      />
      <SecretOnce secret={made ?? null} onClose={add.reset} />
    </>
  );
}

function NewSourceForm({ onGiven }: { readonly onGiven: (source: NewSource) => void }) {
  const say = useWords();
  const [publisher, setPublisher] = useState<string | null>(null);
  const [url, setUrl] = useState('');
  const [credential, setCredential] = useState('');
  const [prefixes, setPrefixes] = useState<string[]>([]);
  const [branches, setBranches] = useState(true);
  const [minutes, setMinutes] = useState<number | string>(60);
  const submit = () => {
    if (publisher === null) return;
    onGiven({
      publisher_id: publisher,
      url: url.trim(),
      ...(credential === '' ? {} : { credential }),
      prefixes,
      branches,
      interval_minutes: Number(minutes),
    });
  };
  return (
    <FormButton
      label={say('connections.newSource')}
      submit={say('common.add')}
      isReady={publisher !== null && url.trim() !== '' && prefixes.length > 0 && minutes !== ''}
      onSubmit={submit}
    >
      <FoundSelect<ConsolePublisherView>
        label={say('common.publisher')}
        path="/console/publishers"
        optionOf={({ id: value, name: label }) => ({ value, label })}
        value={publisher}
        onChange={setPublisher}
      />
      <TextInput
        label={say('connections.repository')}
        description={say('connections.repositoryLead')}
        placeholder="https://git.example/vendor/name.git"
        maxLength={500}
        value={url}
        onChange={({ currentTarget: { value } }) => setUrl(value)}
      />
      <PasswordInput
        label={say('connections.credential')}
        description={say('connections.credentialLead')}
        autoComplete="off"
        value={credential}
        onChange={({ currentTarget: { value } }) => setCredential(value)}
      />
      <TagsInput
        label={say('connections.prefixes')}
        description={say('connections.prefixesLead')}
        placeholder="vendor/"
        value={prefixes}
        onChange={setPrefixes}
      />
      <NumberInput
        label={say('connections.interval')}
        min={1}
        max={10_080}
        allowDecimal={false}
        value={minutes}
        onChange={setMinutes}
      />
      <Switch
        label={say('connections.branches')}
        checked={branches}
        onChange={({ currentTarget: { checked } }) => setBranches(checked)}
      />
    </FormButton>
  );
}
