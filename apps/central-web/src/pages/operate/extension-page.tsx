import type { ConsoleInstanceView } from '@hansa/contracts';
import {
  ConfirmButton,
  DataTable,
  EmptyState,
  Moment,
  NotFoundState,
  PageHeader,
  QueryState,
  useApi,
  useChange,
  useGet,
  type Column,
  type Page,
} from '@hansa/web-ui';
import { Group, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { EnableButton } from '../../parts/enable-button.js';
import { Facts } from '../../parts/facts.js';
import { FormButton } from '../../parts/form-button.js';
import { FoundSelect } from '../../parts/found-select.js';
import { Mono } from '../../parts/mono.js';
import { Section } from '../../parts/section.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { ExtensionForm, EXTENSIONS, type ExtensionRow, type ExtensionSettings } from './extension-form.js';

interface Shop {
  readonly instance_id: string;
  readonly base_url: string;
  readonly installed_at: string;
  readonly enabled: boolean;
}

/** One extension: what it may reach, and which shops have it. */
export function ExtensionPage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const list = useGet<Page<ExtensionRow>>(EXTENSIONS);
  return (
    <QueryState query={list}>
      {({ items }) => {
        const extension = items.find((each) => each.id === id);
        return extension ? <Extension extension={extension} /> : <NotFoundState home="/operate/extensions" />;
      }}
    </QueryState>
  );
}

function Extension({ extension }: { readonly extension: ExtensionRow }) {
  const say = useWords();
  const api = useApi();
  const { id, name, disabled_at: disabledAt } = extension;
  const isEnabled = disabledAt === null;
  const replace = useChange(
    ({ settings, enabled }: { readonly settings: ExtensionSettings; readonly enabled: boolean }) =>
      api.put(`${EXTENSIONS}/${id}`, { body: { ...bodyOf(settings), enabled } }),
    { renews: [EXTENSIONS] },
  );
  return (
    <>
      <PageHeader
        title={name}
        lead={<StatusBadge status={isEnabled ? 'active' : 'disabled'} />}
        actions={
          <Group gap="sm">
            <ExtensionForm
              label={say('connections.edit')}
              submit={say('connections.keep')}
              extension={extension}
              onGiven={(settings) => replace.mutate({ settings, enabled: isEnabled })}
              button={{ size: 'xs', variant: 'default' }}
            />
            <EnableButton
              name={name}
              isEnabled={isEnabled}
              lead={say('connections.disableExtensionLead')}
              onChange={(enabled) => replace.mutate({ settings: extension, enabled })}
            />
          </Group>
        }
      />
      <Stack>
        <Section title={say('operate.facts')}>
          <Facts
            items={[
              [say('connections.extensionId'), <Mono key="id" text={id} />],
              [say('connections.apiOrigins'), extension.api_origins.join(', ')],
              [say('connections.frontendOrigins'), extension.frontend_origins.join(', ')],
              [say('connections.frontendUrl'), extension.frontend_url],
              [say('common.package'), extension.marketplace_id],
              [say('common.created'), <Moment key="at" at={extension.created_at} />],
            ]}
          />
        </Section>
        <Shops path={`${EXTENSIONS}/${id}/installations`} />
      </Stack>
    </>
  );
}

/** The shops that have it; giving and taking it away takes effect at once. */
function Shops({ path }: { readonly path: string }) {
  const say = useWords();
  const api = useApi();
  const [chosen, setChosen] = useState<string | null>(null);
  const shops = useGet<Page<Shop>>(path);
  const install = useChange(
    ({ shop, enabled }: { readonly shop: string; readonly enabled: boolean }) =>
      api.put(`${path}/${shop}`, { body: { enabled } }),
    { renews: [path], onDone: () => setChosen(null) },
  );
  const remove = useChange((shop: string) => api.delete(`${path}/${shop}`), { renews: [path] });
  const columns: Column<Shop>[] = [
    { key: 'shop', title: say('common.shop'), cell: (row) => row.base_url },
    { key: 'since', title: say('common.since'), cell: ({ installed_at: at }) => <Moment at={at} /> },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ enabled }) => <StatusBadge status={enabled ? 'active' : 'disabled'} />,
    },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: ({ instance_id: shop, base_url: name, enabled: isEnabled }) => (
        <Group gap="xs">
          <EnableButton
            name={name}
            isEnabled={isEnabled}
            lead={say('connections.disableAtShopLead')}
            onChange={(enabled) => install.mutate({ shop, enabled })}
          />
          <ConfirmButton
            label={say('common.remove')}
            title={say('common.removeTitle', { name })}
            color="red"
            onConfirm={() => remove.mutate(shop)}
            button={{ size: 'xs' }}
          >
            <Text size="sm">{say('connections.disableAtShopLead')}</Text>
          </ConfirmButton>
        </Group>
      ),
    },
  ];
  return (
    <Section
      title={say('nav.instances')}
      actions={
        <FormButton
          label={say('connections.giveShop')}
          submit={say('common.add')}
          isReady={chosen !== null}
          onSubmit={() => chosen !== null && install.mutate({ shop: chosen, enabled: true })}
          button={{ size: 'xs' }}
        >
          <FoundSelect<ConsoleInstanceView>
            label={say('common.shop')}
            path="/console/instances"
            optionOf={({ id: value, base_url: label }) => ({ value, label })}
            value={chosen}
            onChange={setChosen}
          />
        </FormButton>
      }
    >
      <QueryState query={shops}>
        {(page) => (
          <DataTable
            caption={say('nav.instances')}
            columns={columns}
            page={page}
            rowKey={({ instance_id: shop }) => shop}
            empty={<EmptyState title={say('common.noneYet')} />}
          />
        )}
      </QueryState>
    </Section>
  );
}

/** Its settings as they are sent; the id stands in the address. */
function bodyOf({ name, api_origins, frontend_origins, frontend_url, marketplace_id }: ExtensionSettings) {
  return { name, api_origins, frontend_origins, frontend_url, marketplace_id };
}
