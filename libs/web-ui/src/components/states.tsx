import { Alert, Button, Center, Code, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useTimeout } from '@mantine/hooks';
import { IconAlertTriangle, IconCloudOff, IconMoodEmpty, type Icon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ServerAway } from '../api/problem.js';
import { useUiWords } from '../i18n/ui-words.js';
import { useProblemWords } from './problem-words.js';

/** After this long one wonders whether anything is happening. */
const SLOW_MS = 2_000;

/** While something is fetched for the first time; says so in words when that takes long. */
export function LoadingState() {
  const say = useUiWords();
  const [isSlow, setSlow] = useState(false);
  useTimeout(() => setSlow(true), SLOW_MS, { autoInvoke: true });
  return (
    <Stack py="xl" align="center" role="status" aria-label={say('state.loading')}>
      <Loader type="dots" />
      {isSlow && (
        <Text size="sm" c="dimmed">
          {say('state.slow')}
        </Text>
      )}
    </Stack>
  );
}

export interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly icon?: Icon;
  /** What to do about it. */
  readonly action?: ReactNode;
}

/** Where nothing is yet: what would be here, and how it gets here. */
export function EmptyState({ title, children, icon: EmptyIcon = IconMoodEmpty, action }: EmptyProps) {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="sm" maw={440}>
        <ThemeIcon variant="light" color="gray" size={56} radius="xl" aria-hidden>
          <EmptyIcon size={28} stroke={1.5} />
        </ThemeIcon>
        <Title order={2} size="h4" ta="center">
          {title}
        </Title>
        {children !== undefined && (
          <Text component="div" c="dimmed" ta="center">
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Center>
  );
}

/** A failure in the words of its code, with what support needs; silence of the server is told apart from a refusal. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const say = useUiWords();
  const { words, code, requestId } = useProblemWords(error);
  const isAway = error instanceof ServerAway;
  return (
    <Alert
      role="alert"
      color={isAway ? 'yellow' : 'red'}
      icon={isAway ? <IconCloudOff /> : <IconAlertTriangle />}
      title={say(isAway ? 'state.offlineTitle' : 'state.errorTitle')}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{words}</Text>
        {code !== null && (
          <Text size="xs">
            <Code>{code}</Code>
            {requestId !== null && <> · {say('state.reference', { id: requestId })}</>}
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {say('state.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** The page of an address that leads nowhere. */
export function NotFoundState({ home }: { readonly home: string }) {
  const say = useUiWords();
  return (
    <EmptyState
      title={say('state.notFoundTitle')}
      action={
        <Button component={Link} to={home} variant="default">
          {say('state.home')}
        </Button>
      }
    >
      {say('state.notFound')}
    </EmptyState>
  );
}

/** What a query answers, once it has; until then that it is on its way or has failed. Old data stays, with the failure above it. */
export function QueryState<T>({
  query,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = query;
  return (
    <>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data !== undefined ? children(data) : error === null && <LoadingState />}
    </>
  );
}
