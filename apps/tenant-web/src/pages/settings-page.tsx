import { PageHeader, QueryState, Moment, useFormats, useGet } from '@hansa/web-ui';
import { Box, Card, Code, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useWords } from '../i18n/words.js';
import { PATHS, type Policy, type Settings } from '../model.js';
import { PolicyForm } from '../parts/policy-form.js';
import { Fact } from '../parts/product-facts.js';
import { useHubStatus, useSettings } from '../parts/use-shop.js';

export function SettingsPage() {
  const say = useWords();
  const policy = useGet<Policy>(PATHS.policy, undefined, { staleTime: Infinity });
  return (
    <>
      <PageHeader title={say('settings.title')} lead={say('settings.lead')} />
      <Stack gap="lg">
        <Card withBorder>
          <Title order={2} size="h4" mb="md">
            {say('settings.hub')}
          </Title>
          <QueryState query={useSettings()}>{(settings) => <Connection settings={settings} />}</QueryState>
        </Card>
        <Card withBorder>
          <Title order={2} size="h4" mb="md">
            {say('settings.policy')}
          </Title>
          <QueryState query={policy}>{(data) => <PolicyForm key={JSON.stringify(data)} policy={data} />}</QueryState>
        </Card>
      </Stack>
    </>
  );
}

function Connection({ settings: { hub, instance_id, environment, platform_version } }: { settings: Settings }) {
  const say = useWords();
  const answeredAt = useHubStatus().data?.answered_at ?? null;
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {hub ? (
          <>
            <Fact name={say('settings.address')}>{hub.url}</Fact>
            <Fact name={say('settings.key')}>
              <Code>{hub.key}</Code>
            </Fact>
          </>
        ) : (
          <Fact name={say('settings.address')}>{say('hub.notConfigured')}</Fact>
        )}
        <Fact name={say('settings.instance')}>
          <Code>{instance_id}</Code>
        </Fact>
        <Fact name={say('settings.platform')}>
          {platform_version} · {environment}
        </Fact>
        {hub && (
          <>
            <Fact name={say('settings.delivery')}>
              {say(hub.mode === null ? 'settings.unregistered' : `settings.${hub.mode}`)}
            </Fact>
            <Fact name={say('settings.answered')}>{answeredAt === null ? '–' : <Moment at={answeredAt} />}</Fact>
          </>
        )}
      </SimpleGrid>
      {hub && (
        <Box mt="md">
          <Root root={hub.root} />
        </Box>
      )}
      <Text size="xs" c="dimmed" mt="md">
        {say('settings.readOnly')}
      </Text>
    </>
  );
}

function Root({ root }: { root: NonNullable<Settings['hub']>['root'] }) {
  const say = useWords();
  const { date } = useFormats();
  if (root === null) return <Fact name={say('settings.root')}>{say('settings.rootNone')}</Fact>;
  return (
    <Fact name={say('settings.root')}>
      <Code>{root.sha256}</Code>
      <Text size="sm">{say('settings.rootVersion', { version: root.version, at: date(root.pinned_at) })}</Text>
      <Text size="sm" c="dimmed">
        {say(root.source === 'file' ? 'settings.rootFile' : 'settings.rootSeen')}
      </Text>
    </Fact>
  );
}
