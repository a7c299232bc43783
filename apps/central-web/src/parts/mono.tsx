import { Code, CopyButton, Group, Tooltip, UnstyledButton } from '@mantine/core';
import { useUiWords } from '@hansa/web-ui';

/** An id people copy: pressed, it is on the clipboard. */
export function Mono({ text, shown = text }: { readonly text: string; readonly shown?: string }) {
  const say = useUiWords();
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={say(copied ? 'action.copied' : 'action.copy')}>
          <UnstyledButton onClick={copy} aria-label={`${shown} (${say('action.copy')})`}>
            <Group gap={4} wrap="nowrap">
              <Code style={{ overflowWrap: 'anywhere' }}>{shown}</Code>
            </Group>
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
