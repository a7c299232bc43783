import { ConfirmButton, useApi, useChange } from '@hansa/web-ui';
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useWords } from '../../i18n/words.js';
import { StatusBadge } from '../../parts/status-badge.js';

export const COMPOSER_SOURCES = '/console/composer-sources';

/** A Git repository that Composer versions come from. */
export interface ComposerSource {
  readonly id: string;
  readonly publisher_id: string;
  readonly url: string;
  readonly prefixes: readonly string[];
  readonly branches: boolean;
  readonly interval_minutes: number;
  readonly next_sync_at: string;
  readonly last_synced_at: string | null;
  readonly last_error: string | null;
  readonly problem_count: number;
}

interface SourceProps {
  readonly source: ComposerSource;
}

/** How the last sync ended. */
export function SourceState({ source: { last_synced_at: at, last_error: error } }: SourceProps) {
  return <StatusBadge status={error !== null ? 'failed' : at === null ? 'pending' : 'done'} />;
}

/** Syncs a source now, or follows it no longer. */
export function SourceActions({ source: { id, url }, onRemoved }: SourceProps & { readonly onRemoved?: () => void }) {
  const say = useWords();
  const api = useApi();
  const sync = useChange(() => api.post(`${COMPOSER_SOURCES}/${id}/sync`), {
    renews: [COMPOSER_SOURCES],
    onDone: () => notifications.show({ message: say('connections.syncQueued') }),
  });
  const remove = useChange(() => api.delete(`${COMPOSER_SOURCES}/${id}`), {
    renews: [COMPOSER_SOURCES],
    onDone: () => onRemoved?.(),
  });
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        aria-label={`${say('connections.sync')}: ${url}`}
        loading={sync.isPending}
        onClick={() => sync.mutate()}
      >
        {say('connections.sync')}
      </Button>
      <ConfirmButton
        label={say('common.remove')}
        title={say('common.removeTitle', { name: url })}
        color="red"
        onConfirm={() => remove.mutate()}
        button={{ size: 'xs' }}
      >
        <Text size="sm">{say('connections.removeSourceLead')}</Text>
      </ConfirmButton>
    </Group>
  );
}
