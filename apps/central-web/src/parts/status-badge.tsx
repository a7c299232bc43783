import { Badge } from '@mantine/core';
import { useWords } from '../i18n/words.js';

const COLORS: Readonly<Record<string, string>> = {
  published: 'green',
  approved: 'green',
  delivered: 'green',
  active: 'green',
  valid: 'green',
  current: 'green',
  done: 'green',
  sent: 'green',
  paid: 'green',
  in_review: 'blue',
  submitted: 'blue',
  pending: 'blue',
  queued: 'blue',
  running: 'blue',
  planned: 'blue',
  next: 'blue',
  open: 'yellow',
  changes_requested: 'yellow',
  retrying: 'yellow',
  previous: 'yellow',
  warning: 'yellow',
  suspended: 'yellow',
  rejected: 'red',
  dead: 'red',
  failed: 'red',
  error: 'red',
  refused: 'red',
  revoked: 'red',
  yanked: 'red',
};

/** A state in one word and one color; the word alone says it all. */
export function StatusBadge({ status }: { readonly status: string }) {
  const say = useWords();
  return (
    <Badge variant="light" color={COLORS[status] ?? 'gray'} tt="none" fw={600} style={{ flexShrink: 0 }}>
      {say.maybe(`status.${status}`, status.replaceAll('_', ' '))}
    </Badge>
  );
}
