import type { PortalLink } from '@hansa/contracts';
import {
  DataTable,
  daysUntil,
  EmptyState,
  Moment,
  PageHeader,
  QueryState,
  useApi,
  useChange,
  useFormats,
  useGet,
  type Page,
} from '@hansa/web-ui';
import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useWords } from '../i18n/words.js';
import { PATHS, type HeldLicense } from '../model.js';
import { LinkAnchor } from '../parts/links.js';
import { OfflineLicense } from '../parts/offline-license.js';
import { useInstalled } from '../parts/use-shop.js';
import { coverageOf, termsOf } from '../rules/license-terms.js';

const COLORS = { active: 'green', grace: 'yellow', stopped: 'red' } as const;

export function LicensesPage() {
  const say = useWords();
  const licenses = useGet<Page<HeldLicense>>(PATHS.licenses);
  return (
    <>
      <PageHeader title={say('licenses.title')} lead={say('licenses.lead')} />
      <Stack gap="xl">
        <QueryState query={licenses}>{(page) => <Held page={page} />}</QueryState>
        <Portal />
        <OfflineLicense />
      </Stack>
    </>
  );
}

function Held({ page }: { page: Page<HeldLicense> }) {
  const say = useWords();
  return (
    <DataTable
      caption={say('licenses.title')}
      page={page}
      rowKey={({ marketplace_id: id }) => id}
      empty={
        <EmptyState title={say('licenses.none')} icon={IconKey}>
          {say('licenses.noneLead')}
        </EmptyState>
      }
      columns={[
        { key: 'plugin', title: say('licenses.plugin'), cell: (held) => <PluginName id={held.marketplace_id} /> },
        {
          key: 'kind',
          title: say('licenses.kind'),
          cell: ({ kind }) => (kind === null ? '–' : say.maybe(`kind.${kind}`, kind)),
        },
        {
          key: 'state',
          title: say('licenses.state'),
          cell: (held) => (
            <Stack gap={4} align="flex-start">
              <Badge variant="light" color={COLORS[held.state]}>
                {say(`licenses.${held.state}`)}
              </Badge>
              <Left held={held} />
            </Stack>
          ),
        },
        { key: 'words', title: say('licenses.words'), cell: (held) => <Terms held={held} /> },
        {
          key: 'confirmed',
          title: say('licenses.confirmed'),
          cell: ({ checked_at: at }) => (at === null ? say('licenses.never') : <Moment at={at} />),
        },
      ]}
    />
  );
}

function PluginName({ id }: { id: string }) {
  const [vendor = '', name = ''] = id.split('/');
  const known = useInstalled().data?.items.find(({ marketplace_id: about }) => about === id)?.name;
  return (
    <>
      <LinkAnchor to="/marketplace/p/$vendor/$name" params={{ vendor, name }} size="sm">
        {known ?? id}
      </LinkAnchor>
      {known !== undefined && (
        <Text size="xs" c="dimmed">
          {id}
        </Text>
      )}
    </>
  );
}

/** Days until the license itself ends; what the hub's word carries in between is in the words. */
function Left({ held: { expires_at: end } }: { held: HeldLicense }) {
  const say = useWords();
  const days = end === null ? null : daysUntil(end, new Date());
  return (
    <Text size="xs" c="dimmed">
      {days === null
        ? say('licenses.forever')
        : days > 0
          ? say('licenses.days', { count: days })
          : say('licenses.over')}
    </Text>
  );
}

function Terms({ held }: { held: HeldLicense }) {
  const say = useWords();
  const { dateTime } = useFormats();
  const { reason, updates_until: updates, clock_moved_back: isBack } = held;
  const why = reason === null ? '' : say(`refusal.${reason}`);
  const dates = { until: dateTime(held.until ?? ''), stops: dateTime(held.stops_at ?? '') };
  const sentences = [
    ...(isBack ? [say('licenses.clockBack')] : []),
    say(`licenses.${termsOf(held)}`, { ...dates, why }),
    ...(updates === null ? [] : [say(`licenses.${coverageOf(updates, new Date())}`, { until: dateTime(updates) })]),
  ];
  return (
    <Stack gap={4} maw={420}>
      {sentences.map((sentence) => (
        <Text key={sentence} size="sm">
          {sentence}
        </Text>
      ))}
    </Stack>
  );
}

/** Seats, invoices and moves are at the hub. Its page is opened by a link made on demand, so no password is needed. */
function Portal() {
  const say = useWords();
  const api = useApi();
  const open = useChange(() => api.post<PortalLink>(PATHS.portal));
  return (
    <Card withBorder maw={720}>
      <Title order={2} size="h5" mb={4}>
        {say('licenses.portal')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {say('licenses.portalLead')}
      </Text>
      <Group>
        {open.data === undefined ? (
          <Button variant="default" loading={open.isPending} onClick={() => open.mutate()}>
            {say('licenses.openPortal')}
          </Button>
        ) : (
          <>
            <Text size="sm" role="status">
              {say('licenses.portalReady')}
            </Text>
            <Button component="a" href={open.data.url} target="_blank" rel="noreferrer" onClick={() => open.reset()}>
              {say('licenses.portalGo')}
            </Button>
          </>
        )}
      </Group>
    </Card>
  );
}
