import { RELEASE_STATUSES } from '../../parts/release-statuses.js';
import type { ReleaseView } from '@hansa/contracts';
import { Moment, useFormats, type Column } from '@hansa/web-ui';
import { Anchor, NativeSelect } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { useListState } from '../../parts/use-list-state.js';

/** Releases that wait for a decision, the longest waiting first; those of every other state too. */
export function ReviewsPage() {
  const say = useWords();
  const { bytes } = useFormats();
  const { of, set } = useListState();
  const status = of('status') || 'in_review';
  const columns: Column<ReleaseView>[] = [
    {
      key: 'release',
      title: say('operate.release'),
      cell: ({ id, marketplace_id: name, version }) => (
        <Anchor component={Link} to={`/operate/reviews/${id}`}>
          {name} {version}
        </Anchor>
      ),
    },
    { key: 'status', title: say('common.state'), cell: (row) => <StatusBadge status={row.status} /> },
    {
      key: 'findings',
      title: say('release.findings'),
      numeric: true,
      cell: ({ findings }) => findings.filter(({ severity }) => severity !== 'info').length,
    },
    { key: 'size', title: say('release.size'), numeric: true, cell: ({ size_bytes: size }) => bytes(size) },
    { key: 'submitted', title: say('release.submitted'), cell: ({ submitted_at: at }) => <Moment at={at} /> },
  ];
  return (
    <ListPage
      title={say('operate.reviewsTitle')}
      lead={say('operate.reviewsLead')}
      path="/console/releases"
      query={{ status }}
      columns={columns}
      rowKey={({ id }) => id}
      empty={say('operate.reviewsEmpty')}
      filters={
        <NativeSelect
          aria-label={say('common.state')}
          value={status}
          data={RELEASE_STATUSES.map((value) => ({ value, label: say(`status.${value}`) }))}
          onChange={({ currentTarget: { value } }) => set({ status: value })}
        />
      }
    />
  );
}
