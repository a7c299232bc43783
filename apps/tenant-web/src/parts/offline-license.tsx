import { CarriedFile, useApi, useChange } from '@hansa/web-ui';
import { Button, Card, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type SyntheticEvent } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS } from '../model.js';

interface RequestFile {
  readonly license_request: string;
  readonly text: string;
  readonly request_id: string;
}

/** A license for a shop that cannot reach its hub: the request to carry there, and the answer to take. */
export function OfflineLicense() {
  const say = useWords();
  return (
    <Card withBorder maw={720} component="section">
      <Title order={2} size="h5" mb={4}>
        {say('licenses.offline')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {say('licenses.offlineLead')}
      </Text>
      <Stack gap="lg">
        <Ask />
        <Take />
      </Stack>
    </Card>
  );
}

function Ask() {
  const say = useWords();
  const api = useApi();
  const [id, setId] = useState('');
  const [key, setKey] = useState('');
  const body = { marketplace_id: id.trim(), ...(key.trim() === '' ? {} : { license_key: key.trim() }) };
  const ask = useChange(() => api.post<RequestFile>(`${PATHS.licenses}/requests`, { body }));
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm" align="flex-start">
        <TextInput
          label={say('licenses.offlinePlugin')}
          placeholder="@vendor/name"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <TextInput
          label={say('licenses.offlineKey')}
          description={say('licenses.offlineKeyLead')}
          placeholder="CC-XXXX-XXXX-XXXX"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={ask.isPending} disabled={id.trim() === ''}>
          {say('licenses.offlineAsk')}
        </Button>
        {ask.data && <CarriedFile file={ask.data} fileName="license-request.json" save={say('licenses.offlineSave')} />}
      </Stack>
    </form>
  );
}

function Take() {
  const say = useWords();
  const api = useApi();
  const [response, setResponse] = useState('');
  const take = useChange(
    () => api.post<{ marketplace_id: string }>(`${PATHS.licenses}/responses`, { body: { response } }),
    {
      renews: [PATHS.licenses],
      onDone: ({ marketplace_id: name }) => {
        setResponse('');
        notifications.show({ message: say('licenses.offlineTaken', { name }) });
      },
    },
  );
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    take.mutate();
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm" align="flex-start">
        <Textarea
          label={say('licenses.offlineResponse')}
          w="100%"
          autosize
          minRows={3}
          maxRows={10}
          value={response}
          onChange={(event) => setResponse(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={take.isPending} disabled={response.trim() === ''}>
          {say('licenses.offlineTake')}
        </Button>
      </Stack>
    </form>
  );
}
