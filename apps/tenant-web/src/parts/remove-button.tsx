import { ConfirmButton, useApi, useChange, useGet, type Page } from '@hansa/web-ui';
import { Radio, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, type HeldLicense, type PluginView } from '../model.js';

/** Uninstalls a plugin, after asking what becomes of its data and its license. */
export function RemoveButton({ plugin: { id, name, marketplace_id: about } }: { readonly plugin: PluginView }) {
  const say = useWords();
  const api = useApi();
  const navigate = useNavigate();
  const licenses = useGet<Page<HeldLicense>>(PATHS.licenses).data?.items;
  const isLicensed = licenses?.some(({ marketplace_id: held }) => held === about) ?? true;
  const [data, setData] = useState('keep');
  const [license, setLicense] = useState('keep');
  const remove = useChange(() => api.delete(`${PATHS.plugins}/${id}`, { query: { data, license } }), {
    renews: [PATHS.plugins, PATHS.licenses],
    onDone: async () => {
      notifications.show({ message: say('plugin.removed', { name }) });
      await navigate({ to: '/marketplace/installed' });
    },
  });
  return (
    <ConfirmButton
      label={say('plugin.remove')}
      title={say('plugin.removeTitle', { name })}
      color="red"
      onConfirm={() => remove.mutate()}
      button={{ color: 'red', variant: 'light', loading: remove.isPending }}
    >
      <Stack>
        <Text size="sm">{say('plugin.removeLead')}</Text>
        <Radio.Group label={say('plugin.data')} value={data} onChange={setData}>
          <Stack gap="xs" mt="xs">
            <Radio value="keep" label={say('plugin.dataKeep')} />
            <Radio value="drop" label={say('plugin.dataDrop')} />
          </Stack>
        </Radio.Group>
        {isLicensed && (
          <Radio.Group label={say('plugin.license')} value={license} onChange={setLicense}>
            <Stack gap="xs" mt="xs">
              <Radio value="keep" label={say('plugin.licenseKeep')} />
              <Radio value="release" label={say('plugin.licenseRelease')} />
            </Stack>
          </Radio.Group>
        )}
      </Stack>
    </ConfirmButton>
  );
}
