import type { ManifestPermissions } from '@hansa/contracts';
import { List, Text, ThemeIcon } from '@mantine/core';
import { IconBell, IconDatabase, IconWorld, type Icon } from '@tabler/icons-react';
import { useWords } from '../i18n/words.js';

/** What a plugin may do in this shop, and that it may do nothing else. */
export function MayDo({
  permissions: { net = [], events = [], storage = false },
}: {
  readonly permissions: ManifestPermissions;
}) {
  const say = useWords();
  const families = [...new Set(events.map((event) => event.split('.')[0] ?? event))];
  const eventNames = families.map((family) => say.maybe(`event.${family}`, family)).join(', ');
  return (
    <>
      <List spacing="xs" center size="sm" listStyleType="none" styles={{ itemLabel: { lineHeight: 1.35 } }}>
        <List.Item icon={mark(IconWorld, net.length > 0)}>
          {net.length > 0 ? say('may.net', { hosts: net.join(', ') }) : say('may.noNet')}
        </List.Item>
        <List.Item icon={mark(IconBell, events.length > 0)}>
          {events.length > 0 ? say('may.events', { events: eventNames }) : say('may.noEvents')}
          {events.length > 0 && (
            <Text size="xs" c="dimmed">
              {events.join(', ')}
            </Text>
          )}
        </List.Item>
        <List.Item icon={mark(IconDatabase, storage)}>{say(storage ? 'may.storage' : 'may.noStorage')}</List.Item>
      </List>
      <Text size="xs" c="dimmed" mt="sm">
        {say('may.lead')}
      </Text>
    </>
  );
}

function mark(Mark: Icon, isAllowed: boolean) {
  return (
    <ThemeIcon size={26} variant="light" color={isAllowed ? 'indigo' : 'gray'}>
      <Mark size={16} stroke={1.6} />
    </ThemeIcon>
  );
}
