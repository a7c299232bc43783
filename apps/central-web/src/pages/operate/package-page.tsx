import type { ReleaseView } from '@hansa/contracts';
import { DataTable, Moment, PageHeader, QueryState, useGet, type Column, type Page } from '@hansa/web-ui';
import { Anchor, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { Advisories } from '../../parts/advisories.js';
import { Deprecation } from '../../parts/deprecation.js';
import { Section } from '../../parts/section.js';
import { StatusBadge } from '../../parts/status-badge.js';

const ROWS = 10;

/** One package: its releases with the way to their rollouts, and what the hub tells the shops about it. */
export function PackagePage() {
  const say = useWords();
  const { vendor = '', name = '' }: { vendor?: string; name?: string } = useParams({ strict: false });
  const id = `${vendor}/${name}`;
  return (
    <>
      <PageHeader
        title={id}
        lead={
          <Anchor component={Link} to={`/plugins/${id}`} size="sm">
            {say('release.productPage')}
          </Anchor>
        }
      />
      <Stack>
        <Releases id={id} />
        <Deprecation path={`/console/packages/${id}`} isOperator />
        <Advisories base="/console" marketplaceId={id} />
      </Stack>
    </>
  );
}

function Releases({ id }: { readonly id: string }) {
  const say = useWords();
  const [offset, setOffset] = useState(0);
  const releases = useGet<Page<ReleaseView>>('/console/releases', { marketplace_id: id, limit: ROWS, offset });
  const columns: Column<ReleaseView>[] = [
    {
      key: 'version',
      title: say('common.version'),
      cell: ({ id: release, version }) => (
        <Anchor component={Link} to={`/operate/reviews/${release}`} size="sm">
          {version}
        </Anchor>
      ),
    },
    { key: 'status', title: say('common.state'), cell: ({ status }) => <StatusBadge status={status} /> },
    { key: 'submitted', title: say('release.submitted'), cell: ({ submitted_at: at }) => <Moment at={at} /> },
    {
      key: 'published',
      title: say('status.published'),
      cell: ({ published_at: at }) => (at === null ? '–' : <Moment at={at} />),
    },
  ];
  return (
    <Section title={say('nav.releases')}>
      <QueryState query={releases}>
        {(page) => (
          <DataTable
            caption={say('nav.releases')}
            columns={columns}
            page={page}
            rowKey={({ id: release }) => release}
            onPage={setOffset}
            empty={<Text c="dimmed">{say('common.noneYet')}</Text>}
          />
        )}
      </QueryState>
    </Section>
  );
}
