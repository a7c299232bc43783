import { Button, Code, CopyButton, Group, Stack } from '@mantine/core';
import { useUiWords } from '../i18n/ui-words.js';

export interface CarriedFileProps {
  /** What the file holds; it is saved as JSON. */
  readonly file: { readonly text: string };
  readonly fileName: string;
  /** On the button that saves it. */
  readonly save: string;
}

/** Something that is carried by hand: as a file, and as lines that can be read out and typed. */
export function CarriedFile({ file, fileName, save }: CarriedFileProps) {
  const say = useUiWords();
  const { text } = file;
  return (
    <Stack gap="sm" role="status">
      <Code block>{text}</Code>
      <Group gap="sm">
        <Button
          component="a"
          variant="default"
          download={fileName}
          href={`data:application/json,${encodeURIComponent(JSON.stringify(file))}`}
        >
          {save}
        </Button>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="subtle" onClick={copy}>
              {say(copied ? 'action.copied' : 'action.copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}
