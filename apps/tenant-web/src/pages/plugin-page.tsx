import { ConfirmButton, Moment, PageHeader, QueryState, useApi, useChange, useFormats, useGet } from '@hansa/web-ui';
import { Alert, Button, Card, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconExternalLink } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useWords } from '../i18n/words.js';
import { PATHS, type Job, type PluginDetail } from '../model.js';
import { BackLink } from '../parts/back-link.js';
import { ConfigForm } from '../parts/config-form.js';
import { MayDo } from '../parts/may-do.js';
import { PluginState } from '../parts/plugin-state.js';
import { Fact } from '../parts/product-facts.js';
import { ProductIcon } from '../parts/product-icon.js';
import { RemoveButton } from '../parts/remove-button.js';
import { LinkAnchor, LinkButton } from '../parts/links.js';
import { readPluginTab } from '../places.js';
import { isNewer } from '../rules/compatibility.js';
import classes from './product-page.module.css';

const route = getRouteApi('/marketplace/installed/$id');
const FOLLOW_MS = 5_000;

export function PluginPage() {
  const say = useWords();
  const { id } = route.useParams();
  const plugin = useGet<PluginDetail>(`${PATHS.plugins}/${id}`, undefined, { refetchInterval: FOLLOW_MS });
  return (
    <>
      <BackLink to="/marketplace/installed">{say('plugin.back')}</BackLink>
      <QueryState query={plugin}>{(data) => <PluginPanel plugin={data} />}</QueryState>
    </>
  );
}

function PluginPanel({ plugin }: { plugin: PluginDetail }) {
  const say = useWords();
  const { tab = 'overview' } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (name: string | null) =>
    void navigate({ search: readPluginTab({ tab: name }), replace: true, resetScroll: false });
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
      <Tabs value={tab} onChange={show} keepMounted={false}>
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
        variant={plugin.enabled ? 'default' : 'filled'}
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
  const { last_rollback: back, reason, health, state, enabled, disabled_reason: disabled } = plugin;
  const isDown = enabled && state !== 'running' && reason !== null;
  return (
    <>
      {disabled === 'LICENSE_FAILED' && <Unlicensed plugin={plugin} />}
      {back && <WentBack back={back} />}
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

/** Stopped by its license: why is with the licenses, and its page sells another. */
function Unlicensed({ plugin: { marketplace_id: id } }: { plugin: PluginDetail }) {
  const say = useWords();
  const [vendor = '', name = ''] = id.split('/');
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle />} title={say('state.license')} mb="md">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{say('plugin.unlicensed')}</Text>
        <Group gap="xs">
          <LinkButton to="/marketplace/licenses" size="xs" variant="default">
            {say('plugin.toLicenses')}
          </LinkButton>
          <LinkButton to="/marketplace/p/$vendor/$name" params={{ vendor, name }} size="xs" variant="default">
            {say('plugin.page')}
          </LinkButton>
        </Group>
      </Stack>
    </Alert>
  );
}

/** The last update did not stay: by itself that is a warning, by an admin's wish only a note. */
function WentBack({ back: { version, code, message, at } }: { back: NonNullable<PluginDetail['last_rollback']> }) {
  const say = useWords();
  const isWish = code === 'BY_ADMIN';
  return (
    <Alert
      color={isWish ? 'gray' : 'yellow'}
      icon={<IconArrowBackUp />}
      title={say(isWish ? 'plugin.wentBack' : 'plugin.rolledBack', { version })}
      mb="md"
    >
      {!isWish && <Text size="sm">{say('job.reason', { reason: message })}</Text>}
      <Text size="xs" c="dimmed">
        <Moment at={at} />
      </Text>
    </Alert>
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
              label={say(isNewer(version, plugin.version) ? 'plugin.goForward' : 'plugin.rollBack', { version })}
              title={say(isNewer(version, plugin.version) ? 'plugin.goForward' : 'plugin.rollBack', { version })}
              onConfirm={() => rollBack.mutate(version)}
              button={{ loading: rollBack.isPending, size: 'xs' }}
            >
              <Text size="sm">
                {say(isNewer(version, plugin.version) ? 'plugin.goForwardLead' : 'plugin.rollBackLead')}
              </Text>
            </ConfirmButton>
          </Group>
        </Card>
      ))}
    </Stack>
  );
}

function RanUntil({ at }: { at: string }) {
  const say = useWords();
  const { dateTime } = useFormats();
  return (
    <Text size="sm" c="dimmed">
      {say('plugin.ranUntil', { at: dateTime(at) })}
    </Text>
  );
}
