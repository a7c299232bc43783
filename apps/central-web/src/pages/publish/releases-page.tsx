import type { OwnReleaseView } from '@hansa/contracts';
import { Moment, useFormats, type Column } from '@hansa/web-ui';
import { Anchor, Button, NativeSelect } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { RELEASE_STATUSES } from '../../parts/release-statuses.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { useListState } from '../../parts/use-list-state.js';

const POLL_MS = 5_000;

/** The publisher's releases, the latest submission first. */
export function ReleasesPage() {
  const say = useWords();
  const { bytes } = useFormats();
  const { of, set } = useListState();
  const columns: Column<OwnReleaseView>[] = [
    {
      key: 'release',
      title: say('operate.release'),
      cell: ({ id, marketplace_id: name, version }) => (
        <Anchor component={Link} to={`/publish/releases/${id}`} size="sm">
          {name} {version}
        </Anchor>
      ),
    },
    { key: 'status', title: say('common.state'), cell: (row) => <StatusBadge status={row.status} /> },
    { key: 'rollout', title: say('release.rollout'), numeric: true, cell: (row) => `${row.rollout_percent} %` },
    { key: 'errors', title: say('release.errors'), numeric: true, cell: (row) => row.errors },
    { key: 'warnings', title: say('release.warnings'), numeric: true, cell: (row) => row.warnings },
    { key: 'size', title: say('release.size'), numeric: true, cell: (row) => bytes(row.size_bytes) },
    { key: 'submitted', title: say('release.submitted'), cell: (row) => <Moment at={row.submitted_at} /> },
  ];
  return (
    <ListPage
      title={say('nav.releases')}
      path="/publisher/releases"
      query={{ status: of('status') }}
      refetchInterval={POLL_MS}
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('publish.releasesEmpty')}
      actions={
        <Button component={Link} to="/publish/upload">
          {say('publish.upload')}
        </Button>
      }
      filters={
        <NativeSelect
          aria-label={say('common.state')}
          value={of('status')}
          data={[
            { value: '', label: say('common.anyState') },
            ...RELEASE_STATUSES.map((value) => ({ value, label: say(`status.${value}`) })),
          ]}
          onChange={({ currentTarget: { value } }) => set({ status: value })}
        />
      }
    />
  );
}
