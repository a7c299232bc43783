import { CarriedFile, useApi, useChange, useGet, type Page } from '@hansa/web-ui';
import { Accordion, Autocomplete, Button, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type SyntheticEvent } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, type HeldLicense } from '../model.js';
import { useInstalled } from './use-shop.js';

interface RequestFile {
  readonly license_request: string;
  readonly text: string;
  readonly request_id: string;
}

/** A license for a shop that cannot reach its hub: the request to carry there, and the answer to take. */
export function OfflineLicense() {
  const say = useWords();
  return (
    <Accordion variant="separated" order={2} maw={720}>
      <Accordion.Item value="offline">
        <Accordion.Control>
          <Text fw={600}>{say('licenses.offline')}</Text>
        </Accordion.Control>
        <Accordion.Panel>
          <Text size="sm" c="dimmed" mb="md">
            {say('licenses.offlineLead')}
          </Text>
          <Stack gap="lg">
            <Ask />
            <Take />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

function Ask() {
  const say = useWords();
  const api = useApi();
  const [id, setId] = useState('');
  const [key, setKey] = useState('');
  const held = useGet<Page<HeldLicense>>(PATHS.licenses).data?.items ?? [];
  const installed = useInstalled().data?.items ?? [];
  const known = new Set([...held, ...installed].map(({ marketplace_id: about }) => about));
  const body = { marketplace_id: id.trim(), ...(key.trim() === '' ? {} : { license_key: key.trim() }) };
  const ask = useChange(() => api.post<RequestFile>(`${PATHS.licenses}/requests`, { body }));
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm" align="flex-start">
        <Autocomplete
          label={say('licenses.offlinePlugin')}
          description={say('licenses.offlinePluginLead')}
          placeholder="@vendor/name"
          data={[...known]}
          value={id}
          onChange={setId}
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
