import type { KeyStatus, SignedFileView, SigningKeyView } from '@hansa/contracts';
import { DataTable, Moment, PageHeader, QueryState, useGet, type Column } from '@hansa/web-ui';
import { Paper, Stack, Title } from '@mantine/core';
import { useWords } from '../../i18n/words.js';
import { Mono } from '../../parts/mono.js';
import { StatusBadge } from '../../parts/status-badge.js';

/** The hub's own keys and the signed metadata of the catalog. Rotation is done on the server (`ops rotate-key`). */
export function HubKeysPage() {
  const say = useWords();
  const status = useGet<KeyStatus>('/console/keys');
  const keys: Column<SigningKeyView>[] = [
    { key: 'purpose', title: say('operate.purpose'), cell: ({ purpose }) => purpose },
    { key: 'state', title: say('common.state'), cell: ({ state }) => <StatusBadge status={state} /> },
    { key: 'kid', title: 'ID', cell: ({ kid }) => <Mono text={kid} shown={`${kid.slice(0, 12)}…`} /> },
    { key: 'from', title: say('operate.activeFrom'), cell: ({ active_from: at }) => <Moment at={at} /> },
    {
      key: 'until',
      title: say('operate.acceptedUntil'),
      cell: ({ retired_at: at }) => (at === null ? '–' : <Moment at={at} />),
    },
  ];
  const files: Column<SignedFileView>[] = [
    { key: 'role', title: say('operate.role'), cell: ({ role }) => role },
    { key: 'version', title: say('common.version'), numeric: true, cell: ({ version }) => version },
    { key: 'expires', title: say('operate.expires'), cell: ({ expires_at: at }) => <Moment at={at} /> },
  ];
  const whole = <Row,>(items: readonly Row[]) => ({ items, count: items.length, limit: items.length, offset: 0 });
  return (
    <>
      <PageHeader title={say('nav.hubKeys')} lead={say('operate.hubKeysLead')} />
      <QueryState query={status}>
        {(data) => (
          <Stack gap="xl">
            <section>
              <Title order={2} size="h5" mb="sm">
                {say('operate.metadata')}
              </Title>
              <Paper withBorder px="md" py="xs">
                <DataTable
                  caption={say('operate.metadata')}
                  columns={files}
                  page={whole(data.metadata)}
                  rowKey={({ role }) => role}
                />
              </Paper>
            </section>
            <section>
              <Title order={2} size="h5" mb="sm">
                {say('operate.keys')}
              </Title>
              <Paper withBorder px="md" py="xs">
                <DataTable
                  caption={say('operate.keys')}
                  columns={keys}
                  page={whole(data.keys)}
                  rowKey={({ kid }) => kid}
                />
              </Paper>
            </section>
          </Stack>
        )}
      </QueryState>
    </>
  );
}
