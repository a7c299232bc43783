import type { LicenseResponseFile } from '@hansa/contracts';
import { CarriedFile, useApi, useChange } from '@hansa/web-ui';
import { Button, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useWords } from '../../i18n/words.js';

/** For a shop that cannot reach the hub: its request goes in here, and the answer is carried back. */
export function OfflineRequest({ renews }: { readonly renews: string }) {
  const say = useWords();
  const api = useApi();
  const [request, setRequest] = useState('');
  const answer = useChange(() => api.post<LicenseResponseFile>('/portal/api/license-requests', { body: { request } }), {
    renews: [renews],
  });
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    answer.mutate();
  };
  return (
    <Paper component="section" withBorder p="lg" mt="xl" maw={720}>
      <Title order={2} size="h5" mb={4}>
        {say('merchant.offline')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {say('merchant.offlineLead')}
      </Text>
      <form onSubmit={send}>
        <Stack gap="sm" align="flex-start">
          <Textarea
            label={say('merchant.offlineRequest')}
            w="100%"
            autosize
            minRows={3}
            maxRows={10}
            value={request}
            onChange={(event) => setRequest(event.currentTarget.value)}
          />
          <Button type="submit" loading={answer.isPending} disabled={request.trim() === ''}>
            {say('merchant.offlineAnswer')}
          </Button>
        </Stack>
      </form>
      {answer.data && (
        <Stack mt="md" gap="sm">
          <Text size="sm">{say('merchant.offlineCarry')}</Text>
          <CarriedFile file={answer.data} fileName="license-response.json" save={say('merchant.offlineSave')} />
        </Stack>
      )}
    </Paper>
  );
}
