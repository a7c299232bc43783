import { ConfirmButton, Moment, PageHeader, QueryState, useApi, useChange, useGet } from '@hansa/web-ui';
import { Alert, Button, Card, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconArrowLeft, IconExternalLink } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useWords } from '../i18n/words.js';
import { PATHS, type Job, type PluginDetail } from '../model.js';
import { ConfigForm } from '../parts/config-form.js';
import { MayDo } from '../parts/may-do.js';
import { PluginState } from '../parts/plugin-state.js';
import { Fact } from '../parts/product-facts.js';
import { ProductIcon } from '../parts/product-icon.js';
import { RemoveButton } from '../parts/remove-button.js';
import classes from './product-page.module.css';
import { LinkAnchor } from '../parts/links.js';

const route = getRouteApi('/marketplace/installed/$id');
const FOLLOW_MS = 5_000;

export function PluginPage() {
  const say = useWords();
  const { id } = route.useParams();
  const plugin = useGet<PluginDetail>(`${PATHS.plugins}/${id}`, undefined, { refetchInterval: FOLLOW_MS });
  return (
    <>
      <LinkAnchor to="/marketplace/installed" size="sm" className={classes['back']}>
        <IconArrowLeft size={14} aria-hidden /> {say('plugin.back')}
      </LinkAnchor>
      <QueryState query={plugin}>{(data) => <PluginPanel plugin={data} />}</QueryState>
    </>
  );
}

function PluginPanel({ plugin }: { plugin: PluginDetail }) {
  const say = useWords();
  return (
    <>
      <Group wrap="nowrap" align="flex-start" className={classes['head']}>
        <ProductIcon name={plugin.name} size={64} />
        <PageHeader
          title={plugin.name}
          lead={
            <Group gap="xs">
              <PluginState plugin={plugin} />
              {say('installed.version', { version: plugin.version })}
            </Group>
          }
          actions={<MainActions plugin={plugin} />}
        />
      </Group>
      <Troubles plugin={plugin} />
      <Tabs defaultValue="overview" keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="overview">{say('plugin.overview')}</Tabs.Tab>
          <Tabs.Tab value="settings">{say('plugin.settings')}</Tabs.Tab>
          <Tabs.Tab value="versions">{say('plugin.versions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview plugin={plugin} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <ConfigForm pluginId={plugin.id} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Kept plugin={plugin} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function MainActions({ plugin }: { plugin: PluginDetail }) {
  const say = useWords();
  const api = useApi();
  const change = useChange((to: 'enable' | 'disable') => api.post(`${PATHS.plugins}/${plugin.id}/${to}`), {
    renews: [PATHS.plugins],
  });
  return (
    <Group>
      <Button
        variant="default"
        loading={change.isPending}
        disabled={plugin.disabled_reason === 'LICENSE_FAILED'}
        onClick={() => change.mutate(plugin.enabled ? 'disable' : 'enable')}
      >
        {say(plugin.enabled ? 'plugin.disable' : 'plugin.enable')}
      </Button>
      {plugin.enabled &&
        plugin.menu_items.map(({ label, path }) => (
          <Button
            key={path}
            component="a"
            href={`/plugins/${plugin.id}${path}`}
            target="_blank"
            rel="noopener"
            rightSection={<IconExternalLink size={16} aria-label={say('plugin.opens')} />}
          >
            {label}
          </Button>
        ))}
    </Group>
  );
}

/** What is wrong with it now, or was with the last update. */
function Troubles({ plugin }: { plugin: PluginDetail }) {
  const say = useWords();
  const { last_rollback: back, reason, health, state, enabled } = plugin;
  const isDown = enabled && state !== 'running' && reason !== null;
  return (
    <>
      {back && (
        <Alert
          color="yellow"
          icon={<IconArrowBackUp />}
          title={say('plugin.rolledBack', { version: back.version })}
          mb="md"
        >
          {back.message} <Moment at={back.at} />
        </Alert>
      )}
      {isDown && (
        <Alert role="alert" color="red" icon={<IconAlertTriangle />} title={say('plugin.down')} mb="md">
          {reason.message}
        </Alert>
      )}
      {state === 'running' && health?.ok === false && (
        <Alert color="yellow" icon={<IconAlertTriangle />} title={say('plugin.unwell')} mb="md">
          {health.message}
        </Alert>
      )}
    </>
  );
}

function Overview({ plugin }: { plugin: PluginDetail }) {
  const say = useWords();
  const [vendor = '', name = ''] = plugin.marketplace_id.split('/');
  return (
    <div className={classes['columns']}>
      <Stack miw={0} align="flex-start">
        <Text>{plugin.description}</Text>
        <LinkAnchor to="/marketplace/p/$vendor/$name" params={{ vendor, name }} size="sm">
          {say('plugin.page')}
        </LinkAnchor>
        <Group mt="lg">
          <RemoveButton plugin={plugin} />
        </Group>
      </Stack>
      <Stack>
        <Card withBorder>
          <Stack gap="sm">
            <Fact name={say('plugin.author')}>{plugin.author}</Fact>
            <Fact name={say('plugin.installedAt')}>
              <Moment at={plugin.installed_at} />
            </Fact>
            <Fact name={say('plugin.updatedAt')}>
              <Moment at={plugin.updated_at} />
            </Fact>
          </Stack>
        </Card>
        <Card withBorder>
          <Title order={2} size="h5" mb="sm">
            {say('may.title')}
          </Title>
          <MayDo permissions={plugin.permissions} />
        </Card>
      </Stack>
    </div>
  );
}

function Kept({ plugin }: { plugin: PluginDetail }) {
  const say = useWords();
  const api = useApi();
  const navigate = useNavigate();
  const rollBack = useChange(
    (version: string) => api.post<{ job: Job }>(`${PATHS.plugins}/${plugin.id}/rollback`, { body: { version } }),
    { onDone: ({ job }) => navigate({ to: '/marketplace/jobs/$id', params: { id: job.id } }), renews: [PATHS.jobs] },
  );
  return (
    <Stack maw={640}>
      <Card withBorder padding="sm">
        <Text fw={600}>
          {plugin.version} · {say('plugin.current')}
        </Text>
      </Card>
      {plugin.kept_releases.length === 0 && <Text c="dimmed">{say('plugin.noKept')}</Text>}
      {plugin.kept_releases.map(({ version, ran_until: until }) => (
        <Card key={version} withBorder padding="sm">
          <Group justify="space-between">
            <div>
              <Text fw={600}>{version}</Text>
              <RanUntil at={until} />
            </div>
            <ConfirmButton
              label={say('plugin.rollBack', { version })}
              title={say('plugin.rollBack', { version })}
              onConfirm={() => rollBack.mutate(version)}
              button={{ loading: rollBack.isPending, size: 'xs' }}
            >
              <Text size="sm">{say('plugin.rollBackLead')}</Text>
            </ConfirmButton>
          </Group>
        </Card>
      ))}
    </Stack>
  );
}

function RanUntil({ at }: { at: string }) {
  return (
    <Text size="sm" c="dimmed">
      <Moment at={at} />
    </Text>
  );
}
