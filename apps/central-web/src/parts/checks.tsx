import { Group, Text } from '@mantine/core';
import { IconCircleCheck, IconClock } from '@tabler/icons-react';
import { useWords } from '../i18n/words.js';

export interface Check {
  readonly name: string;
  readonly status: 'pending' | 'done';
}

/** How far the automatic checks are. */
export function Checks({ checks }: { readonly checks: readonly Check[] }) {
  const say = useWords();
  return (
    <Group gap="lg">
      {checks.map(({ name, status }) => (
        <Group key={name} gap={6} c={status === 'done' ? 'green' : 'dimmed'}>
          {status === 'done' ? (
            <IconCircleCheck size={18} role="img" aria-label={say('status.done')} />
          ) : (
            <IconClock size={18} role="img" aria-label={say('status.pending')} />
          )}
          <Text size="sm" c="var(--mantine-color-text)">
            {name}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
