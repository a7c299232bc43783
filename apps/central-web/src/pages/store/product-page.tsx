import type { StorefrontProduct } from '@hansa/contracts';
import {
  ApiProblem,
  Markdown,
  Moment,
  NotFoundState,
  PackageIcon,
  QueryState,
  useFormats,
  useGet,
} from '@hansa/web-ui';
import { Accordion, Badge, Grid, Group, Image, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useParams } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { Facts } from '../../parts/facts.js';
import { Mono } from '../../parts/mono.js';
import { Permissions } from '../../parts/permissions.js';
import { Publisher } from './plugin-card.js';
import { usePrice } from './price.js';

/** What the hub itself serves: pictures in the Markdown of publishers come from nowhere else. */
const OWN = [globalThis.location.origin];

export function ProductPage() {
  const { vendor = '', name = '' }: { vendor?: string; name?: string } = useParams({ strict: false });
  const product = useGet<StorefrontProduct>(`/storefront/packages/${vendor}/${name}`);
  if (product.error instanceof ApiProblem && product.error.status === 404) return <NotFoundState home="/" />;
  return <QueryState query={product}>{(item) => <Product item={item} />}</QueryState>;
}

function Product({ item }: { readonly item: StorefrontProduct }) {
  const say = useWords();
  const priceOf = usePrice();
  useDocumentTitle(`${item.name} · ${say('brand')}`);
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack gap="xl">
          <Group wrap="nowrap" align="flex-start">
            <PackageIcon name={item.name} src={item.icon} size={72} />
            <Stack gap={4} miw={0}>
              <Title order={1} size="h2">
                {item.name}
              </Title>
              <Publisher publisher={item.publisher} />
              <Text>{item.summary}</Text>
            </Stack>
          </Group>
          <Screenshots item={item} />
          <section aria-label={say('store.description')}>
            <Markdown text={item.description} pictures={OWN} />
          </section>
          <Versions item={item} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack>
          <Paper withBorder p="lg">
            <Text size="xl" fw={650}>
              {priceOf(item)}
            </Text>
            {item.trial_days !== null && <Text size="sm">{say('store.trial', { count: item.trial_days })}</Text>}
            <Text size="sm" c="dimmed" mt="xs" mb="sm">
              {say('store.howToGet')}
            </Text>
            <Mono text={item.marketplace_id} />
          </Paper>
          <Paper withBorder p="lg">
            <About item={item} />
          </Paper>
          <Paper withBorder p="lg">
            <Title order={2} size="h5" mb="sm">
              {say('store.mayDo')}
            </Title>
            <Permissions permissions={item.permissions} />
          </Paper>
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

function Screenshots({ item }: { readonly item: StorefrontProduct }) {
  const say = useWords();
  if (item.screenshots.length === 0) return null;
  return (
    <Group gap="sm" align="stretch">
      {item.screenshots.map((src, index) => (
        <a key={src} href={src} target="_blank" rel="noreferrer">
          <Image
            src={src}
            alt={say('store.screenshot', { number: index + 1, name: item.name })}
            loading="lazy"
            radius="md"
            h={180}
            w="auto"
            maw="100%"
            fit="contain"
          />
        </a>
      ))}
    </Group>
  );
}

function About({ item }: { readonly item: StorefrontProduct }) {
  const say = useWords();
  const { bytes, count } = useFormats();
  const [latest] = item.versions;
  const runsOn =
    latest &&
    (latest.platform_to === null
      ? say('store.andLater', { version: latest.platform_from })
      : `${latest.platform_from} – ${latest.platform_to}`);
  return (
    <Facts
      items={[
        [say('store.version'), item.version],
        [say('store.updated'), <Moment key="at" at={item.published_at} />],
        [say('store.downloadsLabel'), count(item.downloads)],
        [say('store.size'), latest && bytes(latest.size_bytes)],
        [say('store.runsOn'), runsOn],
        [say('store.type'), say(`type.${item.type}`)],
        [
          say('store.categories'),
          item.categories.length > 0 && (
            <Group gap={4} key="categories">
              {item.categories.map((category) => (
                <Badge key={category} variant="light" color="gray" tt="none">
                  {category}
                </Badge>
              ))}
            </Group>
          ),
        ],
      ]}
    />
  );
}

function Versions({ item }: { readonly item: StorefrontProduct }) {
  const say = useWords();
  const { date } = useFormats();
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {say('store.versions')}
      </Title>
      <Accordion variant="separated" order={3} keepMounted={false}>
        {item.versions.map((version) => (
          <Accordion.Item key={version.version} value={version.version}>
            <Accordion.Control>
              <Group gap="sm">
                <Text span fw={600}>
                  {version.version}
                </Text>
                <Text span size="sm" c="dimmed">
                  {date(version.published_at)}
                </Text>
                {version.security && (
                  <Badge color="red" variant="light" tt="none">
                    {say('store.security')}
                  </Badge>
                )}
                {version.channel !== 'stable' && (
                  <Badge color="yellow" variant="light" tt="none">
                    {version.channel}
                  </Badge>
                )}
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              {version.changelog === '' ? (
                <Text size="sm" c="dimmed">
                  {say('store.noChangelog')}
                </Text>
              ) : (
                <Markdown text={version.changelog} pictures={OWN} />
              )}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}
