import type { StorefrontCard } from '@hansa/contracts';
import { PackageIcon, useFormats } from '@hansa/web-ui';
import { Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconRosetteDiscountCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useWords } from '../../i18n/words.js';
import classes from './plugin-card.module.css';
import { usePrice } from './price.js';

/** A package in the catalog; all of the card leads to its page. Drawn once, however often the page around it is. */
export const PluginCard = memo(function PluginCard({ item }: { readonly item: StorefrontCard }) {
  const say = useWords();
  const priceOf = usePrice();
  const { count } = useFormats();
  return (
    <Card component="article" withBorder padding="md" className={classes['card']}>
      <Stack gap="sm" h="100%">
        <Group wrap="nowrap" gap="sm">
          <PackageIcon name={item.name} src={item.icon} />
          <div className={classes['names']}>
            <Title order={2} size="h5" lineClamp={1}>
              <Link to={`/plugins/${item.marketplace_id}`} className={classes['link']}>
                {item.name}
              </Link>
            </Title>
            <Publisher publisher={item.publisher} />
          </div>
        </Group>
        <Text size="sm" lineClamp={3} flex={1}>
          {item.summary}
        </Text>
        {item.trial_days !== null && (
          <Text size="xs" c="dimmed">
            {say('store.trial', { count: item.trial_days })}
          </Text>
        )}
        <Group justify="space-between" gap="xs">
          <Text size="sm" fw={600}>
            {priceOf(item)}
          </Text>
          <Group gap={4} c="dimmed">
            <IconDownload size={14} aria-hidden />
            <Text size="xs" aria-label={say('store.downloads', { count: item.downloads })}>
              {count(item.downloads)}
            </Text>
          </Group>
        </Group>
      </Stack>
    </Card>
  );
});

/** Who made it, and whether the hub knows that it is so. */
export function Publisher({ publisher }: Pick<StorefrontCard, 'publisher'>) {
  const say = useWords();
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="xs" c="dimmed" truncate>
        {publisher.name}
      </Text>
      {publisher.verified && (
        <Text span c="indigo" lh={0}>
          <IconRosetteDiscountCheck size={15} role="img" aria-label={say('store.verified')} />
        </Text>
      )}
    </Group>
  );
}
