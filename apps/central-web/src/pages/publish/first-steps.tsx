import { useGet, type Page } from '@hansa/web-ui';
import { Anchor, List, Paper, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCheck, IconPoint } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';

/** What a new publisher does before shops can install something of his, in its order; nothing once a release was submitted. */
export function FirstSteps({ hasNamespace }: { readonly hasNamespace: boolean }) {
  const say = useWords();
  const count = { limit: 1, offset: 0 };
  const keys = useGet<{ readonly items: readonly unknown[] }>('/publisher/keys');
  const packages = useGet<Page<unknown>>('/publisher/packages', count);
  const releases = useGet<Page<unknown>>('/publisher/releases', count);
  if (!keys.data || !packages.data || releases.data?.count !== 0) return null;
  const steps = [
    ['publish.stepNamespace', '/publish/overview', hasNamespace],
    ['publish.stepKey', '/publish/keys', keys.data.items.length > 0],
    ['publish.stepPackage', '/publish/packages', packages.data.count > 0],
    ['publish.stepRelease', '/publish/upload', false],
  ] as const;
  return (
    <Paper component="section" withBorder p="lg">
      <Title order={2} size="h5" mb="sm">
        {say('publish.firstSteps')}
      </Title>
      <List type="ordered" spacing="xs" listStyleType="none" center>
        {steps.map(([words, to, isDone]) => (
          <List.Item
            key={words}
            icon={
              <ThemeIcon size={22} radius="xl" variant="light" color={isDone ? 'green' : 'gray'}>
                {isDone ? <IconCheck size={14} aria-label={say('status.done')} role="img" /> : <IconPoint size={14} />}
              </ThemeIcon>
            }
          >
            {isDone ? (
              <Text size="sm" c="dimmed">
                {say(words)}
              </Text>
            ) : (
              <Anchor component={Link} to={to} size="sm">
                {say(words)}
              </Anchor>
            )}
          </List.Item>
        ))}
      </List>
    </Paper>
  );
}
