import type { AuditView } from '@hansa/contracts';
import { useFormats, type Column } from '@hansa/web-ui';
import { Code, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import classes from './audit-page.module.css';
import { ListPage } from '../../parts/list-page.js';
import { useListState } from '../../parts/use-list-state.js';

const FIELDS = ['actor', 'action', 'subject'] as const;
const TYPING_MS = 250;

/** Who did what to what. */
export function AuditPage() {
  const say = useWords();
  const { dateTime } = useFormats();
  const { of } = useListState();
  const columns: Column<AuditView>[] = [
    { key: 'at', title: say('operate.at'), cell: ({ at }) => <time dateTime={at}>{dateTime(at)}</time> },
    {
      key: 'action',
      title: say('operate.action'),
      cell: ({ action }) => (
        <Text size="sm" className={classes['action']}>
          {action}
        </Text>
      ),
    },
    { key: 'actor', title: say('operate.actor'), cell: ({ actor }) => <Text size="xs">{actor}</Text> },
    { key: 'subject', title: say('operate.subject'), cell: ({ subject }) => <Text size="xs">{subject}</Text> },
    {
      key: 'data',
      title: say('operate.details'),
      cell: ({ data }) =>
        Object.keys(data).length === 0 ? '–' : <Code style={{ whiteSpace: 'pre-wrap' }}>{JSON.stringify(data)}</Code>,
    },
  ];
  return (
    <ListPage
      title={say('nav.audit')}
      lead={say('operate.auditLead')}
      path="/console/audit"
      query={Object.fromEntries(FIELDS.map((name) => [name, of(name)]))}
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('common.nothingFound')}
      filters={FIELDS.map((name) => (
        <ExactField key={name} name={name} label={say(`operate.${name}`)} />
      ))}
    />
  );
}

function ExactField({ name, label }: { readonly name: string; readonly label: string }) {
  const { of, set } = useListState();
  const [typed, setTyped] = useState(of(name));
  const later = useDebouncedCallback((text: string) => set({ [name]: text }), TYPING_MS);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      maxLength={200}
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        later(value.trim());
      }}
    />
  );
}
