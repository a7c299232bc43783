import type { StorefrontPermissions } from '@hansa/contracts';
import { List, Text } from '@mantine/core';
import { useWords } from '../i18n/words.js';

/** What a plugin may do in a shop, in sentences. A field its manifest does not have asks for nothing. */
export function Permissions({ permissions }: { readonly permissions: Partial<StorefrontPermissions> }) {
  const say = useWords();
  const { net = [], events = [], storage = false } = permissions;
  if (net.length === 0 && events.length === 0 && !storage) return <Text size="sm">{say('store.mayDoNothing')}</Text>;
  return (
    <List size="sm" spacing="xs">
      {net.length > 0 && <List.Item>{say('store.mayTalkTo', { hosts: net.join(', ') })}</List.Item>}
      {events.length > 0 && <List.Item>{say('store.mayHear', { events: events.join(', ') })}</List.Item>}
      {storage && <List.Item>{say('store.mayStore')}</List.Item>}
    </List>
  );
}
