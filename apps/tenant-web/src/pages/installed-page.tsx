import { EmptyState, PageHeader, QueryState, useApi, useChange, useGet } from '@hansa/web-ui';
import { Card, Group, Stack, Switch, Text } from '@mantine/core';
import { IconPuzzle } from '@tabler/icons-react';
import { useWords } from '../i18n/words.js';
import { PATHS, type PluginView, type Updates } from '../model.js';
import { PluginState } from '../parts/plugin-state.js';
import { ProductIcon } from '../parts/product-icon.js';
import { useInstalled } from '../parts/use-shop.js';
import { LinkAnchor, LinkButton } from '../parts/links.js';

const FOLLOW_MS = 5_000;

export function InstalledPage() {
  const say = useWords();
  const plugins = useInstalled(FOLLOW_MS);
  const { data: available } = useGet<Updates>(PATHS.updates, undefined, { staleTime: 60_000 });
  const newer = new Map(available?.updates.map(({ plugin_id: id, latest }) => [id, latest]));
  return (
    <>
      <PageHeader title={say('installed.title')} lead={say('installed.lead')} />
      <QueryState query={plugins}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title={say('installed.none')}
              icon={IconPuzzle}
              action={<LinkButton to="/marketplace">{say('installed.browse')}</LinkButton>}
            >
              {say('installed.noneLead')}
            </EmptyState>
          ) : (
            <Stack>
              {items.map((plugin) => (
                <PluginRow key={plugin.id} plugin={plugin} newer={newer.get(plugin.id)} />
              ))}
            </Stack>
          )
        }
      </QueryState>
    </>
  );
}

function PluginRow({ plugin, newer }: { plugin: PluginView; newer: string | undefined }) {
  const say = useWords();
  const trouble = plugin.reason?.message ?? (plugin.health?.ok === false ? plugin.health.message : undefined);
  return (
    <Card withBorder padding="md">
      <Group justify="space-between">
        <Group wrap="nowrap" flex="1 1 16rem" miw={0}>
          <ProductIcon name={plugin.name} size={44} />
          <div>
            <Group gap="xs">
              <LinkAnchor to="/marketplace/installed/$id" params={{ id: plugin.id }} fw={600} c="inherit">
                {plugin.name}
              </LinkAnchor>
              <PluginState plugin={plugin} />
            </Group>
            <Group gap="xs">
              <Text size="sm" c="dimmed">
                {say('installed.version', { version: plugin.version })}
              </Text>
              {newer !== undefined && (
                <LinkAnchor to="/marketplace/updates" size="sm">
                  {say('installed.newer', { version: newer })}
                </LinkAnchor>
              )}
            </Group>
            {trouble !== undefined && plugin.enabled && <Text size="sm">{trouble}</Text>}
          </div>
        </Group>
        <Group>
          <EnableSwitch plugin={plugin} />
          <LinkButton to="/marketplace/installed/$id" params={{ id: plugin.id }} variant="default" size="sm">
            {say('installed.manage')}
          </LinkButton>
        </Group>
      </Group>
    </Card>
  );
}

/** On or off. One its license stopped is not for the admin to start. */
export function EnableSwitch({ plugin }: { readonly plugin: PluginView }) {
  const say = useWords();
  const api = useApi();
  const change = useChange((to: 'enable' | 'disable') => api.post(`${PATHS.plugins}/${plugin.id}/${to}`), {
    renews: [PATHS.plugins],
  });
  return (
    <Switch
      checked={change.isPending ? change.variables === 'enable' : plugin.enabled}
      disabled={change.isPending}
      aria-label={say('installed.enabled', { name: plugin.name })}
      onChange={({ currentTarget: { checked } }) => change.mutate(checked ? 'enable' : 'disable')}
    />
  );
}
