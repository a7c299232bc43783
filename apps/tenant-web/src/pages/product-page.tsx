import type { Product } from '@hansa/contracts';
import {
  ApiProblem,
  Markdown,
  mayShow,
  Moment,
  PageHeader,
  QueryState,
  useApi,
  useChange,
  useGet,
} from '@hansa/web-ui';
import { Accordion, Alert, Badge, Button, Card, Group, Image, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { getRouteApi, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, type Job, type PluginView, type ProductAnswer, type ShopProduct } from '../model.js';
import { BackLink } from '../parts/back-link.js';
import { BuyModal } from '../parts/buy-modal.js';
import { JobProgress } from '../parts/job-progress.js';
import { MayDo } from '../parts/may-do.js';
import { ProductFacts } from '../parts/product-facts.js';
import { ProductIcon } from '../parts/product-icon.js';
import { usePrice } from '../parts/use-price.js';
import { useInstalled, usePictureOrigins, useSettings } from '../parts/use-shop.js';
import { compatibilityOf, isNewer } from '../rules/compatibility.js';
import { mayInstall } from '../rules/ownership.js';
import classes from './product-page.module.css';
import { LinkButton } from '../parts/links.js';

const route = getRouteApi('/marketplace/p/$vendor/$name');

export function ProductPage() {
  const say = useWords();
  const { vendor, name } = route.useParams();
  const answer = useGet<ProductAnswer>(`${PATHS.feed}/${vendor}/${name}`);
  return (
    <>
      <BackLink to="/marketplace" search={useLocation().state.found ?? {}}>
        {say('product.back')}
      </BackLink>
      <QueryState query={answer}>
        {({ product }) => <ProductView key={product.marketplace_id} product={product} />}
      </QueryState>
    </>
  );
}

function ProductView({ product }: { product: ShopProduct }) {
  const say = useWords();
  const [jobId, setJobId] = useState<string>();
  const installed = useInstalled().data?.items.find(({ marketplace_id: id }) => id === product.marketplace_id);
  const { deprecated, manifest } = product;
  const permissions = (manifest['permissions'] ?? {}) as Parameters<typeof MayDo>[0]['permissions'];
  return (
    <>
      <Group wrap="nowrap" align="flex-start" className={classes['head']}>
        <ProductIcon name={product.name} url={product.icon_url} size={64} />
        <PageHeader
          title={product.name}
          lead={product.summary ?? say('browse.by', { name: product.publisher?.name ?? product.marketplace_id })}
          actions={<Actions product={product} installed={installed} isBusy={jobId !== undefined} onJob={setJobId} />}
        />
      </Group>
      {deprecated && (
        <Alert color="yellow" icon={<IconAlertTriangle />} title={say('product.deprecated')} mb="md">
          {deprecated.message}
        </Alert>
      )}
      {jobId !== undefined && (
        <Card withBorder mb="lg">
          <JobProgress id={jobId} actions={(job) => <JobEnd job={job} onAgain={() => setJobId(undefined)} />} />
        </Card>
      )}
      <div className={classes['columns']}>
        <Stack gap="xl" miw={0}>
          <Section title={say('product.description')}>
            <Description product={product} />
          </Section>
          <Screenshots product={product} />
          <Section title={say('product.versions')}>
            <Versions product={product} />
          </Section>
        </Stack>
        <Stack gap="md">
          <Card withBorder>
            <ProductFacts product={product} />
          </Card>
          <Card withBorder>
            <Title order={2} size="h5" mb="sm">
              {say('may.title')}
            </Title>
            <MayDo permissions={permissions} />
          </Card>
        </Stack>
      </div>
    </>
  );
}

/** At the end of an installation begun here: on to the plugin, or try once more. */
function JobEnd({ job, onAgain }: { job: Job; onAgain: () => void }) {
  const say = useWords();
  if (job.outcome === 'done' && job.plugin_id !== null) {
    return (
      <LinkButton to="/marketplace/installed/$id" params={{ id: job.plugin_id }}>
        {say('job.toPlugin')}
      </LinkButton>
    );
  }
  return (
    <Button variant="default" onClick={onAgain}>
      {say('job.again')}
    </Button>
  );
}

interface ActionsProps {
  readonly product: ShopProduct;
  readonly installed: PluginView | undefined;
  readonly isBusy: boolean;
  readonly onJob: (id: string) => void;
}

/** What can be done with it now: one main thing. A paid one without a license is refused with 402, and bought instead. */
function Actions({ product, installed, isBusy, onJob }: ActionsProps) {
  const say = useWords();
  const api = useApi();
  const priceOf = usePrice();
  const [isBuying, { open, close }] = useDisclosure();
  const shop = useSettings().data?.platform_version;
  const { marketplace_id, version } = product;
  const install = useChange(() => api.post<{ job: Job }>(`${PATHS.plugins}/install`, { body: { marketplace_id } }), {
    onDone: ({ job }) => onJob(job.id),
    onRefused: (error) => {
      if (!(error instanceof ApiProblem) || error.code !== 'LICENSE_REQUIRED') return false;
      open();
      return true;
    },
    renews: [PATHS.jobs],
  });
  const newest = product.versions.find((each) => each.version === version);
  const fits = shop === undefined || newest === undefined || compatibilityOf(shop, newest) === 'compatible';
  const canUpdate = installed !== undefined && isNewer(version, installed.version);
  const label = canUpdate
    ? say('product.update', { version })
    : mayInstall(product)
      ? say('product.install')
      : say('product.buy', { price: priceOf(product) });
  return (
    <Group>
      {installed && (
        <LinkButton to="/marketplace/installed/$id" params={{ id: installed.id }} variant="default">
          {say('product.manage')}
        </LinkButton>
      )}
      {(installed === undefined || canUpdate) && (
        <Button onClick={() => install.mutate()} loading={install.isPending} disabled={isBusy || !fits}>
          {label}
        </Button>
      )}
      <BuyModal product={product} isOpen={isBuying} onClose={close} />
    </Group>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Description({ product: { description, summary, manifest } }: { product: Product }) {
  const pictures = usePictureOrigins();
  const own = typeof manifest['description'] === 'string' ? manifest['description'] : '';
  return <Markdown text={description || (summary ?? own)} pictures={pictures} />;
}

function Screenshots({ product: { screenshots, name } }: { product: Product }) {
  const say = useWords();
  const origins = usePictureOrigins();
  const shown = screenshots.filter((address) => mayShow(address, origins));
  if (shown.length === 0) return null;
  return (
    <Section title={say('product.screenshots')}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {shown.map((address, index) => (
          <a key={address} href={address} target="_blank" rel="noreferrer">
            <Image
              src={address}
              alt={say('product.screenshot', { number: index + 1, name })}
              radius="md"
              loading="lazy"
            />
          </a>
        ))}
      </SimpleGrid>
    </Section>
  );
}

const SHOWN_VERSIONS = 20;

function Versions({ product }: { product: Product }) {
  const say = useWords();
  const pictures = usePictureOrigins();
  return (
    <Accordion variant="separated" order={3}>
      {product.versions.slice(0, SHOWN_VERSIONS).map((each) => (
        <Accordion.Item key={each.version} value={each.version}>
          <Accordion.Control>
            <Group gap="xs">
              <Text fw={600}>{each.version}</Text>
              {each.security && (
                <Badge color="red" variant="light">
                  {say('product.security')}
                </Badge>
              )}
              {each.breaking && (
                <Badge color="yellow" variant="light">
                  {say('product.breaking')}
                </Badge>
              )}
              {each.yanked && (
                <Badge color="gray" variant="light">
                  {say('product.yanked')}
                </Badge>
              )}
              {each.channel !== 'stable' && (
                <Badge variant="light">{say('product.channel', { channel: each.channel })}</Badge>
              )}
              <Text size="sm" c="dimmed">
                <Moment at={each.published_at} />
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            {each.changelog === '' ? (
              <Text c="dimmed">{say('product.noChangelog')}</Text>
            ) : (
              <Markdown text={each.changelog} pictures={pictures} />
            )}
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}
