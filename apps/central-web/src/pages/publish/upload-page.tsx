import type { ReleaseView } from '@hansa/contracts';
import { ErrorState, PageHeader, useApi, useChange } from '@hansa/web-ui';
import { Button, Code, FileInput, Paper, Stack, Text } from '@mantine/core';
import { IconFileZip, IconSignature } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';

/** As `docs/publishing.md` says them. */
const COMMANDS = [
  'hansa pack',
  'hansa sign out/hello-1.0.0.zip --key publisher-key.json',
  `hansa publish out/hello-1.0.0.zip --hub ${globalThis.location.origin} \\\n  --listing listing.json --token-file hansa-token`,
].join('\n');

/** Submits a packed and signed release. Signing is done where the key is: at the publisher's, never in a browser. */
export function UploadPage() {
  const say = useWords();
  const api = useApi();
  const navigate = useNavigate();
  const [zip, setZip] = useState<File | null>(null);
  const [signature, setSignature] = useState<File | null>(null);
  const upload = useChange(
    async () =>
      api.post<ReleaseView>('/publisher/releases', {
        body: zip,
        headers: { 'content-type': 'application/zip', 'x-release-signature': (await signature!.text()).trim() },
      }),
    {
      renews: ['/publisher'],
      onDone: ({ id }) => navigate({ to: `/publish/releases/${id}` }),
      onRefused: () => true,
    },
  );
  return (
    <>
      <PageHeader title={say('publish.upload')} lead={say('publish.uploadLead')} />
      <Paper withBorder p="lg" maw={560}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            upload.mutate();
          }}
        >
          <Stack>
            {upload.error && <ErrorState error={upload.error} />}
            <FileInput
              label={say('publish.zip')}
              placeholder={say('publish.chooseFile')}
              accept=".zip,application/zip"
              leftSection={<IconFileZip size={18} aria-hidden />}
              value={zip}
              onChange={setZip}
              clearable
            />
            <FileInput
              label={say('publish.signature')}
              placeholder={say('publish.chooseFile')}
              accept=".sig"
              leftSection={<IconSignature size={18} aria-hidden />}
              value={signature}
              onChange={setSignature}
              clearable
            />
            <Button type="submit" disabled={!zip || !signature} loading={upload.isPending}>
              {say('publish.submit')}
            </Button>
            <Text size="sm" c="dimmed">
              {say('publish.withTool')}
            </Text>
            <Code block style={{ whiteSpace: 'pre-wrap' }}>
              {COMMANDS}
            </Code>
          </Stack>
        </form>
      </Paper>
    </>
  );
}
