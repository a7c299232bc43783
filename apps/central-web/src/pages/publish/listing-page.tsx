import type { ListingRequest, ListingView } from '@hansa/contracts';
import {
  ApiProblem,
  LoadingState,
  Markdown,
  PageHeader,
  useApi,
  useChange,
  useGet,
  useUiWords,
  ErrorState,
} from '@hansa/web-ui';
import {
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  Tabs,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useParams } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { Advisories } from '../../parts/advisories.js';
import { Deprecation } from '../../parts/deprecation.js';

const TYPES = ['payment', 'fulfillment', 'b2b-api', 'storefront-template', 'admin-extension', 'marketing'] as const;
const KINDS = ['free', 'one_time', 'subscription', 'per_instance'] as const;
const INTERVALS = ['month', 'year'] as const;
const NEW = {
  name: '',
  type: 'admin-extension',
  summary: '',
  description: '',
  categories: [],
  license_kind: 'free',
  price_eur: 0,
} satisfies ListingRequest;

/** What the product page of a package says and costs. */
export function ListingPage() {
  const { vendor = '', name = '' }: { vendor?: string; name?: string } = useParams({ strict: false });
  const path = `/publisher/packages/${vendor}/${name}`;
  const listing = useGet<ListingView>(path, undefined, { staleTime: Infinity });
  const isNew = listing.error instanceof ApiProblem && listing.error.status === 404;
  if (listing.data === undefined && listing.error === null) return <LoadingState />;
  if (listing.error !== null && !isNew) return <ErrorState error={listing.error} />;
  const id = `${vendor}/${name}`;
  return (
    <>
      <ListingForm key={path} path={path} id={id} listing={listing.data ?? NEW} />
      {!isNew && (
        <Stack mt="lg">
          <Deprecation path={path} />
          <Advisories base="/publisher" marketplaceId={id} />
        </Stack>
      )}
    </>
  );
}

function ListingForm({
  path,
  id,
  listing,
}: {
  readonly path: string;
  readonly id: string;
  readonly listing: ListingRequest;
}) {
  const say = useWords();
  const ui = useUiWords();
  const api = useApi();
  const form = useForm({
    initialValues: {
      name: listing.name,
      type: listing.type,
      summary: listing.summary,
      description: listing.description,
      categories: listing.categories,
      license_kind: listing.license_kind,
      price_eur: listing.price_eur,
      icon_url: listing.icon_url ?? '',
      billing_interval: listing.billing_interval ?? 'month',
      screenshots: listing.screenshots ?? [],
    },
  });
  const { values } = form;
  const save = useChange(() => api.put(path, { body: requestOf(values) }), {
    renews: ['/publisher/packages', '/storefront'],
    onDone: () => notifications.show({ message: ui('action.saved') }),
  });
  return (
    <>
      <PageHeader title={values.name || id} lead={id} />
      <Paper withBorder p="lg" maw={760}>
        <form onSubmit={form.onSubmit(() => save.mutate())}>
          <Stack>
            <TextInput label={say('common.name')} required maxLength={80} {...form.getInputProps('name')} />
            <Textarea
              label={say('publish.summary')}
              required
              autosize
              maxLength={240}
              {...form.getInputProps('summary')}
            />
            <Description form={form} />
            <Group grow preventGrowOverflow={false}>
              <Select
                label={say('store.type')}
                allowDeselect={false}
                data={TYPES.map((value) => ({ value, label: say(`type.${value}`) }))}
                {...form.getInputProps('type')}
              />
              <TagsInput label={say('store.categories')} maxTags={8} {...form.getInputProps('categories')} />
            </Group>
            <Group grow preventGrowOverflow={false}>
              <Select
                label={say('publish.kind')}
                allowDeselect={false}
                data={KINDS.map((value) => ({ value, label: say(`publish.kind_${value}`) }))}
                {...form.getInputProps('license_kind')}
              />
              {values.license_kind !== 'free' && (
                <NumberInput
                  label={say('publish.priceEur')}
                  min={0.01}
                  max={100_000}
                  decimalScale={2}
                  fixedDecimalScale
                  {...form.getInputProps('price_eur')}
                />
              )}
              {values.license_kind === 'subscription' && (
                <Select
                  label={say('publish.interval')}
                  allowDeselect={false}
                  data={INTERVALS.map((value) => ({ value, label: say(`publish.interval_${value}`) }))}
                  {...form.getInputProps('billing_interval')}
                />
              )}
            </Group>
            <TextInput
              label={say('publish.icon')}
              description={say('publish.picturesLead')}
              type="url"
              maxLength={500}
              {...form.getInputProps('icon_url')}
            />
            <TagsInput
              label={say('publish.screenshots')}
              description={say('publish.screenshotsLead')}
              maxTags={12}
              {...form.getInputProps('screenshots')}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending}>
                {ui('action.save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
    </>
  );
}

/** Written on one side, shown as readers will see it on the other. */
function Description({ form }: { readonly form: ReturnType<typeof useForm<ListingRequest & { icon_url: string }>> }) {
  const say = useWords();
  return (
    <Tabs defaultValue="write" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="write">{`${say('publish.description')} *`}</Tabs.Tab>
        <Tabs.Tab value="preview">{say('publish.preview')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="write" pt="sm">
        <Textarea
          aria-label={say('publish.description')}
          description={say('publish.markdown')}
          required
          autosize
          minRows={8}
          maxRows={24}
          maxLength={20_000}
          {...form.getInputProps('description')}
        />
      </Tabs.Panel>
      <Tabs.Panel value="preview" pt="sm">
        {form.values.description === '' ? (
          <Text c="dimmed">–</Text>
        ) : (
          <Markdown text={form.values.description} pictures={[globalThis.location.origin]} />
        )}
      </Tabs.Panel>
    </Tabs>
  );
}

/** Only what this kind of listing has: the hub refuses a price on what is free. */
function requestOf({
  icon_url: icon,
  billing_interval: interval,
  price_eur: price,
  ...rest
}: ListingRequest): ListingRequest {
  return {
    name: rest.name,
    type: rest.type,
    summary: rest.summary,
    description: rest.description,
    categories: rest.categories,
    license_kind: rest.license_kind,
    price_eur: rest.license_kind === 'free' ? 0 : price,
    screenshots: rest.screenshots ?? [],
    ...(rest.license_kind === 'subscription' && interval !== undefined ? { billing_interval: interval } : {}),
    ...(icon === undefined || icon === '' ? {} : { icon_url: icon }),
  };
}
