import { DataTable, EmptyState, Moment, PageHeader, QueryState, useFormats, useGet, type Page } from '@hansa/web-ui';
import { Code, Group, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS } from '../model.js';
import { useSettings } from '../parts/use-shop.js';

const PER_PAGE = 25;

interface Egress {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly fields: readonly string[];
  readonly bytes: number;
  readonly status: number | null;
  readonly failure: string | null;
}

export function PrivacyPage() {
  const say = useWords();
  const { count } = useFormats();
  const [offset, setOffset] = useState(0);
  const ledger = useGet<Page<Egress>>(PATHS.egress, { limit: PER_PAGE, offset });
  const days = useSettings().data?.egress_days ?? 90;
  return (
    <>
      <PageHeader title={say('privacy.title')} lead={say('privacy.lead', { days })} />
      <QueryState query={ledger}>
        {(page) => (
          <DataTable
            caption={say('privacy.title')}
            page={page}
            rowKey={({ id }) => id}
            onPage={setOffset}
            empty={<EmptyState title={say('privacy.none')} icon={IconLock} />}
            columns={[
              { key: 'when', title: say('privacy.when'), cell: ({ at }) => <Moment at={at} /> },
              {
                key: 'to',
                title: say('privacy.to'),
                cell: ({ method, host, path }) => (
                  <>
                    <Text size="sm" fw={600}>
                      {host}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {method} {path}
                    </Text>
                  </>
                ),
              },
              { key: 'fields', title: say('privacy.fields'), cell: ({ fields }) => <Fields fields={fields} /> },
              { key: 'size', title: say('privacy.size'), numeric: true, cell: ({ bytes }) => count(bytes) },
              {
                key: 'answer',
                title: say('privacy.answer'),
                numeric: true,
                cell: ({ status, failure }) => status ?? failure ?? say('privacy.noAnswer'),
              },
            ]}
          />
        )}
      </QueryState>
    </>
  );
}

function Fields({ fields }: { fields: readonly string[] }) {
  const say = useWords();
  if (fields.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {say('privacy.noFields')}
      </Text>
    );
  }
  return (
    <Group gap={4}>
      {fields.map((field) => (
        <Code key={field}>{field}</Code>
      ))}
    </Group>
  );
}
