import { EmptyState, PackageIcon, PageHeader, Pages, QueryState, useGet } from '@hansa/web-ui';
import { Badge, Button, Card, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconRosetteDiscountCheck, IconSearch, IconShoppingBag } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { memo, useDeferredValue, useState } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, SORTS, TYPES, type Feed } from '../model.js';
import type { BrowseSearch } from '../places.js';
import { usePrice } from '../parts/use-price.js';
import { useInstalled, usePicture } from '../parts/use-shop.js';
import { mayInstall } from '../rules/ownership.js';
import classes from './browse-page.module.css';

const PER_PAGE = 24;
/** Cards that are seen first; the page can be used before the others are drawn. */
const AT_ONCE = 9;
const TYPING_MS = 200;
const PRICES = ['free', 'paid'] as const;
const route = getRouteApi('/marketplace');

export function BrowsePage() {
  const say = useWords();
  const search: BrowseSearch = route.useSearch();
  const navigate = route.useNavigate();
  const { q, type, price, sort, offset = 0 } = search;
  const asked = { search: q, type, price, sort, limit: PER_PAGE, offset };
  const feed = useGet<Feed>(PATHS.feed, asked);
  const change = (changed: BrowseSearch) =>
    void navigate({ search: { ...search, offset: undefined, ...changed }, replace: true, resetScroll: false });
  const clear = () => void navigate({ search: {}, replace: true });
  return (
    <>
      <PageHeader title={say('browse.title')} lead={say('browse.lead')} />
      <Filters search={search} onChange={change} />
      <QueryState query={feed}>
        {({ products, count, limit }) =>
          count === 0 ? (
            <Nothing isFiltered={Boolean(q ?? type ?? price)} onClear={clear} />
          ) : (
            <>
              <Text size="sm" c="dimmed" mb="sm" role="status">
                {say('browse.found', { count })}
              </Text>
              <Products products={products} />
              {count > limit && (
                <Pages page={{ items: [], count, limit, offset }} onPage={(to) => change({ offset: to })} />
              )}
            </>
          )
        }
      </QueryState>
    </>
  );
}

function Filters({ search: given, onChange }: { search: BrowseSearch; onChange: (changed: BrowseSearch) => void }) {
  const say = useWords();
  const [text, setText] = useState(given.q ?? '');
  const search = useDebouncedCallback((q: string) => onChange({ q: q === '' ? undefined : q }), TYPING_MS);
  return (
    <div className={classes['filters']} role="search">
      <TextInput
        type="search"
        label={say('browse.search')}
        placeholder={say('browse.searchHint')}
        leftSection={<IconSearch size={16} />}
        maxLength={200}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value);
          search(value);
        }}
        className={classes['search']}
      />
      <NativeSelect
        label={say('browse.type')}
        value={given.type ?? ''}
        data={[any(say('browse.anyType')), ...TYPES.map((value) => ({ value, label: say(`type.${value}`) }))]}
        onChange={({ currentTarget: { value } }) => onChange({ type: value || undefined })}
      />
      <NativeSelect
        label={say('browse.price')}
        value={given.price ?? ''}
        data={[any(say('browse.anyPrice')), ...PRICES.map((value) => ({ value, label: say(`browse.${value}`) }))]}
        onChange={({ currentTarget: { value } }) => onChange({ price: value || undefined })}
      />
      <NativeSelect
        label={say('browse.sort')}
        value={given.sort ?? 'relevance'}
        data={SORTS.map((value) => ({ value, label: say(`sort.${value}`) }))}
        onChange={({ currentTarget: { value } }) => onChange({ sort: value || undefined })}
      />
    </div>
  );
}

function any(label: string) {
  return { value: '', label };
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const say = useWords();
  if (!isFiltered) {
    return (
      <EmptyState title={say('browse.empty')} icon={IconShoppingBag}>
        {say('browse.emptyLead')}
      </EmptyState>
    );
  }
  const again = (
    <Button variant="default" onClick={onClear}>
      {say('browse.clear')}
    </Button>
  );
  return (
    <EmptyState title={say('browse.none')} icon={IconSearch} action={again}>
      {say('browse.noneLead')}
    </EmptyState>
  );
}

function Products({ products }: { products: Feed['products'] }) {
  const installed = new Set(useInstalled().data?.items.map(({ marketplace_id: id }) => id));
  const pictureOf = usePicture();
  const shown = useDeferredValue(products, products.slice(0, AT_ONCE));
  return (
    <SimpleGrid
      component="ul"
      type="container"
      cols={{ base: 1, '560px': 2, '900px': 3 }}
      spacing="md"
      className={classes['list']}
    >
      {shown.map((product) => (
        <li key={product.marketplace_id}>
          <ProductCard
            product={product}
            icon={pictureOf(product.icon_url)}
            isInstalled={installed.has(product.marketplace_id)}
          />
        </li>
      ))}
    </SimpleGrid>
  );
}

interface CardProps {
  readonly product: Feed['products'][number];
  readonly icon: string | null;
  readonly isInstalled: boolean;
}

/** Drawn once: the list around it is drawn again as the page learns more about the shop. */
const ProductCard = memo(function ProductCard({ product, icon, isInstalled }: CardProps) {
  const say = useWords();
  const found = route.useSearch();
  const priceOf = usePrice();
  const { marketplace_id: id, name, publisher, summary, type, manifest } = product;
  const [vendor = '', slug = ''] = id.split('/');
  const about = summary ?? (typeof manifest['description'] === 'string' ? manifest['description'] : '');
  return (
    <Card withBorder padding="md" className={classes['card']}>
      <Group wrap="nowrap" align="flex-start">
        <PackageIcon name={name} src={icon} />
        <Stack gap={0} miw={0}>
          <Title order={2} size="h5" lineClamp={1}>
            <Link
              to="/marketplace/p/$vendor/$name"
              params={{ vendor, name: slug }}
              state={{ found }}
              className={classes['link']}
            >
              {name}
            </Link>
          </Title>
          <Text size="xs" c="dimmed" className={classes['publisher']}>
            {say('browse.by', { name: publisher?.name ?? vendor })}
            {publisher?.verified && <IconRosetteDiscountCheck size={14} aria-label={say('browse.verified')} />}
          </Text>
        </Stack>
      </Group>
      <Text size="sm" mt="sm" lineClamp={2} className={classes['about']}>
        {about}
      </Text>
      <Group justify="space-between" mt="md">
        <Text size="xs" c="dimmed">
          {say(`type.${type}`)}
        </Text>
        {isInstalled ? (
          <Badge variant="light" color="green">
            {say('browse.installed')}
          </Badge>
        ) : (
          <Text fw={600} size="sm">
            {mayInstall(product) && product.price_eur > 0 ? say('browse.owned') : priceOf(product)}
          </Text>
        )}
      </Group>
    </Card>
  );
});
