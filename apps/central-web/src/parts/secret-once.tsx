import { useUiWords } from '@hansa/web-ui';
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useWords } from '../i18n/words.js';

/** A secret just made: shown until it is closed, and never again. */
export function SecretOnce({ secret, onClose }: { readonly secret: string | null; readonly onClose: () => void }) {
  const say = useWords();
  const ui = useUiWords();
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={say('common.secretTitle')}
      centered
      closeOnClickOutside={false}
    >
      <Stack>
        <Alert color="yellow" icon={<IconKey />}>
          {say('common.secretLead')}
        </Alert>
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-secret>
          {secret}
        </Code>
        <Group justify="space-between">
          <CopyButton value={secret ?? ''}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {ui(copied ? 'action.copied' : 'action.copy')}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>
            <Text span>{ui('action.close')}</Text>
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
