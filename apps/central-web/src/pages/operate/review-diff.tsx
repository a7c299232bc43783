import { useFormats } from '@hansa/web-ui';
import { Code, ScrollArea, Stack, Text } from '@mantine/core';
import { useWords } from '../../i18n/words.js';
import classes from './review-diff.module.css';

interface Change {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What changed since the published release before. */
export interface Diff {
  readonly from: string;
  readonly size_bytes: { readonly before: number; readonly after: number };
  readonly files: Change & {
    readonly changed: readonly string[];
    readonly counts: { readonly added: number; readonly removed: number; readonly changed: number };
  };
  readonly permissions: Change;
  readonly dependencies: Change;
}

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;

/** Rights first: a release that asks for more is what a reviewer must not miss. */
export function ReviewDiff({ diff }: { readonly diff: Diff }) {
  const say = useWords();
  const { bytes } = useFormats();
  const { files, permissions, dependencies, size_bytes: size } = diff;
  return (
    <Stack>
      <Text size="sm">
        {say('operate.since', { version: diff.from, before: bytes(size.before), after: bytes(size.after) })}
      </Text>
      <Lines title={say('operate.permissions')} added={permissions.added} removed={permissions.removed} />
      <Lines title={say('operate.dependencies')} added={dependencies.added} removed={dependencies.removed} />
      <Lines
        title={say('operate.files', { ...files.counts })}
        added={files.added}
        removed={files.removed}
        changed={files.changed}
      />
    </Stack>
  );
}

function Lines({
  title,
  added,
  removed,
  changed = [],
}: Change & { readonly title: string; readonly changed?: readonly string[] }) {
  const say = useWords();
  const lines = (['added', 'removed', 'changed'] as const).flatMap((kind) =>
    ({ added, removed, changed })[kind].map((name) => ({ kind, name })),
  );
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say('operate.unchanged')}
        </Text>
      ) : (
        <ScrollArea.Autosize mah={320} viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': title }}>
          <Code block className={classes['lines']}>
            {lines.map(({ kind, name }) => (
              <span key={kind + name} className={classes[kind]}>
                {SIGNS[kind]} {name}
                {'\n'}
              </span>
            ))}
          </Code>
        </ScrollArea.Autosize>
      )}
    </div>
  );
}
