import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

export interface PageHeaderProps {
  /** Also the title of the browser's tab. */
  readonly title: string;
  readonly lead?: ReactNode;
  /** What can be done on this page. */
  readonly actions?: ReactNode;
}

/** The one first-level heading of a page. */
export function PageHeader({ title, lead, actions }: PageHeaderProps) {
  useDocumentTitle(title);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={4} flex="1 1 18rem" maw="46rem">
        <Title order={1} size="h2">
          {title}
        </Title>
        {lead !== undefined && (
          <Text component="div" c="dimmed">
            {lead}
          </Text>
        )}
      </Stack>
      {actions}
    </Group>
  );
}
