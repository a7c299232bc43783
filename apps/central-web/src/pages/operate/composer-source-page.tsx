import { DataTable, Moment, PageHeader, QueryState, useGet, type Column } from '@hansa/web-ui';
import { Alert, Code, Stack, Text } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { Facts } from '../../parts/facts.js';
import { Mono } from '../../parts/mono.js';
import { Section } from '../../parts/section.js';
import { LIST_POLL_MS } from './polling.js';
import { COMPOSER_SOURCES, SourceActions, SourceState, type ComposerSource } from './source-parts.js';

interface Problem {
  readonly ref: string;
  readonly commit: string;
  readonly problem: string;
  readonly moved_to: string | null;
  readonly seen_at: string;
}

interface SourceWithProblems extends ComposerSource {
  readonly problems: readonly Problem[];
}

/** One repository: how its last sync went, and the tags and branches something is wrong with. */
export function ComposerSourcePage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const source = useGet<SourceWithProblems>(`${COMPOSER_SOURCES}/${id}`, undefined, { refetchInterval: LIST_POLL_MS });
  return <QueryState query={source}>{(data) => <Source source={data} />}</QueryState>;
}

function Source({ source }: { readonly source: SourceWithProblems }) {
  const say = useWords();
  const navigate = useNavigate();
  const { problems, last_synced_at: syncedAt, last_error: error } = source;
  const columns: Column<Problem>[] = [
    {
      key: 'ref',
      title: say('connections.ref'),
      cell: ({ ref }) => <Code>{ref.replace(/^refs\/(tags|heads)\//, '')}</Code>,
    },
    { key: 'problem', title: say('connections.problem'), cell: ({ problem }) => <Code>{problem}</Code> },
    {
      key: 'commit',
      title: say('connections.commit'),
      cell: ({ commit }) => <Mono text={commit} shown={commit.slice(0, 12)} />,
    },
    { key: 'seen', title: say('connections.seen'), cell: ({ seen_at: at }) => <Moment at={at} /> },
  ];
  return (
    <>
      <PageHeader
        title={source.url}
        lead={<SourceState source={source} />}
        actions={<SourceActions source={source} onRemoved={() => void navigate({ to: '/operate/composer-sources' })} />}
      />
      <Stack>
        {error !== null && (
          <Alert color="red" title={say('operate.lastError')}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {error}
            </Text>
          </Alert>
        )}
        <Section title={say('operate.facts')}>
          <Facts
            items={[
              [say('common.publisher'), source.publisher_id],
              [say('connections.prefixes'), source.prefixes.join(', ')],
              [
                say('connections.lastSync'),
                syncedAt === null ? say('common.never') : <Moment key="last" at={syncedAt} />,
              ],
              [say('connections.nextSync'), <Moment key="next" at={source.next_sync_at} />],
              [say('connections.interval'), source.interval_minutes],
              [say('connections.takes'), say(source.branches ? 'connections.tagsAndBranches' : 'connections.tagsOnly')],
              [
                say('connections.pushAddress'),
                <Mono key="push" text={`${location.origin}/webhooks/composer-sources/${source.id}`} />,
              ],
            ]}
          />
        </Section>
        <Section title={say('connections.problems')}>
          <DataTable
            caption={say('connections.problems')}
            columns={columns}
            page={{ items: problems, count: problems.length, limit: problems.length, offset: 0 }}
            rowKey={({ ref }) => ref}
            empty={<Text c="dimmed">{say('connections.noProblems')}</Text>}
          />
        </Section>
      </Stack>
    </>
  );
}
