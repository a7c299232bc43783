import { Group, Pagination, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Page } from '../api/use-api.js';
import { useFormats } from '../format/use-formats.js';
import { useUiWords } from '../i18n/ui-words.js';
import classes from './data-table.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, so that their digits do. */
  readonly numeric?: boolean;
}

export interface DataTableProps<Row> {
  /** What the table shows, for readers who do not see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly page: Page<Row>;
  readonly rowKey: (row: Row) => string;
  /** Called with the offset of the page to show; without it there is one page. */
  readonly onPage?: (offset: number) => void;
  readonly empty?: ReactNode;
}

/** A page of rows and the way to the others. On narrow screens each row is a card, its cells named. */
export function DataTable<Row>({ caption, columns, page, rowKey, onPage, empty }: DataTableProps<Row>) {
  const say = useUiWords();
  if (page.count === 0) return empty ?? <Text c="dimmed">{say('table.empty')}</Text>;
  return (
    <>
      <Table className={classes['table']} verticalSpacing="sm" aria-label={caption} role="table">
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            {columns.map(({ key, title, numeric }) => (
              <Table.Th key={key} role="columnheader" className={numeric ? classes['numeric']! : ''}>
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup">
          {page.items.map((row) => (
            <Table.Tr key={rowKey(row)} role="row">
              {columns.map(({ key, title, cell, numeric }) => (
                <Table.Td key={key} role="cell" data-title={title} className={numeric ? classes['numeric']! : ''}>
                  <div>{cell(row)}</div>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {onPage && page.count > page.limit && <Pages page={page} onPage={onPage} />}
    </>
  );
}

/** Where the reader is in a list, and the way to its other pages. */
export function Pages({ page, onPage }: { readonly page: Page<unknown>; readonly onPage: (offset: number) => void }) {
  const say = useUiWords();
  const { count } = useFormats();
  const { limit, offset } = page;
  const to = Math.min(offset + limit, page.count);
  return (
    <Group justify="space-between" mt="md" role="navigation" aria-label={say('table.pages')}>
      <Text size="sm" c="dimmed">
        {say('table.page', { from: count(offset + 1), to: count(to), count: count(page.count) })}
      </Text>
      <Pagination
        size="sm"
        total={Math.ceil(page.count / limit)}
        value={Math.floor(offset / limit) + 1}
        onChange={(number) => onPage((number - 1) * limit)}
        getControlProps={(control) => ({ 'aria-label': control })}
        getItemProps={(number) => ({ 'aria-label': String(number) })}
      />
    </Group>
  );
}
