import { useFormats } from '@hansa/web-ui';
import { Alert, List, Text } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { useWords } from '../i18n/words.js';
import { useHubStatus } from './use-shop.js';

/** That the hub is away, since when, and how old what is shown is; nothing while it answers. */
export function HubBanner() {
  const say = useWords();
  const { dateTime, date } = useFormats();
  const { data: status } = useHubStatus();
  if (!status) return null;
  if (!status.configured) {
    return (
      <Alert mb="lg" color="gray" icon={<IconCloudOff />} title={say('hub.notConfigured')}>
        {say('hub.notConfiguredLead')}
      </Alert>
    );
  }
  const { silent_since: since, stale } = status;
  if (since === null) return null;
  return (
    <Alert mb="lg" color="yellow" role="status" icon={<IconCloudOff />} title={say('hub.away')}>
      <Text size="sm">{say('hub.awaySince', { since: dateTime(since) })}</Text>
      <List size="sm" mt={4}>
        {stale.map(({ what, name, since: from, good_until: until }) => (
          <List.Item key={`${what} ${name}`}>
            {say(`hub.${what}`, { since: dateTime(from), name: name ?? '' })}
            {until !== null && ` ${say('hub.goodUntil', { until: date(until) })}`}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
