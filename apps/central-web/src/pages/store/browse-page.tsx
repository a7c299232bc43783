import type { StorefrontCard, StorefrontCategories } from '@hansa/contracts';
import { EmptyState, PageHeader, Pages, QueryState, useGet, type Page } from '@hansa/web-ui';
import { Button, Group, NativeSelect, SimpleGrid } from '@mantine/core';
import { useDeferredValue } from 'react';
import { useWords } from '../../i18n/words.js';
import { SearchField } from '../../parts/search-field.js';
import { useListState } from '../../parts/use-list-state.js';
import { catalogQuery } from './catalog-query.js';
import { PluginCard } from './plugin-card.js';

const TYPES = ['payment', 'fulfillment', 'b2b-api', 'storefront-template', 'admin-extension', 'marketing'] as const;
/** Side by side where there is room, and never ragged. */
const NARROW = '1 1 9rem';
/** Cards that are seen first; the page can be used before the others are drawn. */
const AT_ONCE = 9;
/** A catalog nothing is kept out of. */
const EVERYTHING = { search: null, type: null, category: null, price: null };
const SORTS = ['newest', 'updated', 'popular', 'name'] as const;

/** The catalog, for everybody. */
export function BrowsePage() {
  const say = useWords();
  const { of, offset, set } = useListState();
  const packages = useGet<Page<StorefrontCard>>('/storefront/packages', catalogQuery(of, offset));
  const { data: categories } = useGet<StorefrontCategories>('/storefront/categories', undefined, {
    staleTime: 300_000,
  });
  // Without words to match, the newest come first anyway.
  const isSearch = of('search') !== '';
  const sorts = isSearch ? SORTS : SORTS.filter((value) => value !== 'newest');
  const any = (label: string) => ({ value: '', label });
  return (
    <>
      <PageHeader title={say('store.title')} lead={say('store.lead')} />
      <Group mb="lg" gap="sm">
        <SearchField
          label={say('store.search')}
          value={of('search')}
          maxLength={200}
          onSearch={(text) => set({ search: text })}
        />
        <NativeSelect
          flex={NARROW}
          aria-label={say('store.type')}
          value={of('type')}
          data={[any(say('store.anyType')), ...TYPES.map((value) => ({ value, label: say(`type.${value}`) }))]}
          onChange={({ currentTarget: { value } }) => set({ type: value })}
        />
        <NativeSelect
          flex={NARROW}
          aria-label={say('store.category')}
          value={of('category')}
          data={[
            any(say('store.anyCategory')),
            ...(categories?.items ?? []).map(({ category, packages: n }) => ({
              value: category,
              label: `${category} (${n})`,
            })),
          ]}
          onChange={({ currentTarget: { value } }) => set({ category: value })}
        />
        <NativeSelect
          flex={NARROW}
          aria-label={say('store.price')}
          value={of('price')}
          data={[
            any(say('store.anyPrice')),
            { value: 'free', label: say('store.free') },
            { value: 'paid', label: say('store.paid') },
          ]}
          onChange={({ currentTarget: { value } }) => set({ price: value })}
        />
        <NativeSelect
          flex={NARROW}
          aria-label={say('store.sort')}
          value={of('sort')}
          data={[
            any(say(isSearch ? 'store.sortDefault' : 'store.sort_newest')),
            ...sorts.map((value) => ({ value, label: say(`store.sort_${value}`) })),
          ]}
          onChange={({ currentTarget: { value } }) => set({ sort: value })}
        />
      </Group>
      <QueryState query={packages}>
        {(page) =>
          page.count === 0 ? (
            <EmptyState
              title={say('store.emptyTitle')}
              action={
                <Button variant="default" onClick={() => set(EVERYTHING)}>
                  {say('store.showAll')}
                </Button>
              }
            >
              {say('store.empty')}
            </EmptyState>
          ) : (
            <>
              <Cards items={page.items} />
              {page.count > page.limit && <Pages page={page} onPage={(next) => set({ offset: next })} />}
            </>
          )
        }
      </QueryState>
    </>
  );
}

function Cards({ items }: { readonly items: readonly StorefrontCard[] }) {
  const shown = useDeferredValue(items, items.slice(0, AT_ONCE));
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="md">
      {shown.map((item) => (
        <PluginCard key={item.marketplace_id} item={item} />
      ))}
    </SimpleGrid>
  );
}
