import type { DependencyAdvisoryView, ReleaseAlertView } from '@hansa/contracts';
import { DataTable, Moment, useFormats, useGet, type Column, type Page } from '@hansa/web-ui';
import { Anchor, Box, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { ListPage } from '../../parts/list-page.js';
import { Section } from '../../parts/section.js';

const ALERTS = 5;
/** As databases rate them, in the words of this hub. */
const SEVERITIES = {
  MALICIOUS: 'malicious',
  CRITICAL: 'critical',
  HIGH: 'high',
  MODERATE: 'medium',
  LOW: 'low',
  UNKNOWN: 'unknown',
} as const;

/** What the imported databases say about packages that releases bring along, and in which releases it was found. */
export function AdvisoriesPage() {
  const say = useWords();
  const { count } = useFormats();
  const columns: Column<DependencyAdvisoryView>[] = [
    {
      key: 'advisory',
      title: say('operate.advisory'),
      cell: ({ id, aliases }) => (
        <>
          <Text size="sm">{id}</Text>
          <Text size="xs" c="dimmed">
            {aliases.join(', ')}
          </Text>
        </>
      ),
    },
    { key: 'package', title: say('operate.npmPackage'), cell: (row) => row.package_name },
    {
      key: 'severity',
      title: say('release.severity'),
      cell: (row) => say(`release.severity_${SEVERITIES[row.severity]}`),
    },
    {
      key: 'summary',
      title: say('release.advisorySummary'),
      cell: (row) => (
        <Text size="sm" lineClamp={2}>
          {row.summary}
        </Text>
      ),
    },
    {
      key: 'changed',
      title: say('operate.changedAt'),
      cell: ({ changed_at: at, withdrawn }) => (withdrawn ? say('status.withdrawn') : <Moment at={at} />),
    },
    { key: 'releases', title: say('nav.releases'), numeric: true, cell: (row) => count(row.releases) },
  ];
  return (
    <ListPage
      title={say('nav.advisories')}
      lead={say('operate.advisoriesLead')}
      path="/console/releases/dependency-advisories"
      columns={columns}
      rowKey={({ id, package_name: name }) => `${id} ${name}`}
      search={say('operate.searchAdvisories')}
      empty={say('operate.advisoriesEmpty')}
      notice={<Alerts />}
    />
  );
}

/** Published releases that bring along what an import is about. */
function Alerts() {
  const say = useWords();
  const [offset, setOffset] = useState(0);
  const { data } = useGet<Page<ReleaseAlertView>>('/console/releases/alerts', { limit: ALERTS, offset });
  if (!data || data.count === 0) return null;
  const columns: Column<ReleaseAlertView>[] = [
    {
      key: 'release',
      title: say('operate.release'),
      cell: ({ release_id: id, marketplace_id: name, version }) => (
        <Anchor component={Link} to={`/operate/reviews/${id}`} size="sm">
          {name} {version}
        </Anchor>
      ),
    },
    { key: 'component', title: say('operate.bringsAlong'), cell: ({ component }) => component },
    { key: 'advisory', title: say('operate.advisory'), cell: (row) => row.advisory_id },
    { key: 'found', title: say('operate.found'), cell: ({ found_at: at }) => <Moment at={at} /> },
  ];
  return (
    <Box mb="lg">
      <Section title={say('operate.alerts')}>
        <DataTable
          caption={say('operate.alerts')}
          columns={columns}
          page={data}
          rowKey={({ release_id: id, advisory_id: advisory, component }) => `${id} ${advisory} ${component}`}
          onPage={setOffset}
        />
      </Section>
    </Box>
  );
}
