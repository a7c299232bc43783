import { Skeleton, Typography } from '@mantine/core';
import { lazy, Suspense } from 'react';

const Rendered = lazy(() => import('./markdown-rendered.js'));

export interface MarkdownProps {
  readonly text: string;
  /** Origins pictures may come from; others are shown by their description alone. */
  readonly pictures?: readonly string[];
}

/** Markdown of strangers: no HTML, no scripts, no styles; links open elsewhere and tell nobody where they were. */
export function Markdown(props: MarkdownProps) {
  return (
    <Suspense fallback={<Skeleton height={96} />}>
      <Typography>
        <Rendered {...props} />
      </Typography>
    </Suspense>
  );
}
