import {
  DataTable,
  EmptyState,
  PageHeader,
  QueryState,
  useGet,
  type Column,
  type Page,
  type Query,
} from '@hansa/web-ui';
import { Group, Paper } from '@mantine/core';
import type { ReactNode } from 'react';
import { SearchField } from './search-field.js';
import { useListState } from './use-list-state.js';

const ROWS = 20;

export interface ListPageProps<Row> {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  /** Where the list is read. */
  readonly path: string;
  readonly query?: Query;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** The label of a search field; none when left out. */
  readonly search?: string;
  readonly filters?: ReactNode;
  /** What has to be seen before the list. */
  readonly notice?: ReactNode;
  /** What it means that there is nothing. */
  readonly empty: string;
  /** For lists that change by themselves. */
  readonly refetchInterval?: number;
  /** Lists that come whole take no part to read. */
  readonly whole?: boolean;
}

/** A heading, a way to narrow, and a page of rows. */
export function ListPage<Row>(props: ListPageProps<Row>) {
  const {
    title,
    lead,
    actions,
    path,
    query = {},
    columns,
    rowKey,
    search,
    filters,
    notice,
    empty,
    whole = false,
  } = props;
  const { of, offset, set } = useListState();
  const part = whole ? {} : { limit: ROWS, offset };
  const asked = { ...query, ...part, ...(search === undefined ? {} : { search: of('search') }) };
  const list = useGet<Page<Row>>(path, asked, { refetchInterval: props.refetchInterval ?? false });
  return (
    <>
      <PageHeader title={title} lead={lead} actions={actions} />
      {notice}
      {(search !== undefined || filters !== undefined) && (
        <Group mb="md" gap="sm">
          {search !== undefined && (
            <SearchField label={search} value={of('search')} onSearch={(text) => set({ search: text })} />
          )}
          {filters}
        </Group>
      )}
      <QueryState query={list}>
        {(page) => (
          <Paper withBorder px="md" py="xs">
            <DataTable
              caption={title}
              columns={columns}
              page={page}
              rowKey={rowKey}
              {...(whole ? {} : { onPage: (next: number) => set({ offset: next }) })}
              empty={<EmptyState title={empty} />}
            />
          </Paper>
        )}
      </QueryState>
    </>
  );
}
