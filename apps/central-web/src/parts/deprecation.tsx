import type { DeprecateRequest, DeprecationState } from '@hansa/contracts';
import { ConfirmButton, Moment, QueryState, useApi, useChange, useGet } from '@hansa/web-ui';
import { Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';
import { FormButton } from './form-button.js';
import { Section } from './section.js';

export interface DeprecationProps {
  /** Of the package, as its publisher or an operator reaches it. */
  readonly path: string;
  /** Whether what an operator said can be taken back here. */
  readonly isOperator?: boolean;
}

/** Whether a package is still cared for, and what takes its place. */
export function Deprecation({ path, isOperator = false }: DeprecationProps) {
  const say = useWords();
  const api = useApi();
  const renews = [path, '/storefront'];
  const state = useGet<DeprecationState>(`${path}/deprecation`);
  const deprecate = useChange((body: DeprecateRequest) => api.put(`${path}/deprecation`, { body }), { renews });
  const lift = useChange(() => api.delete(`${path}/deprecation`), { renews });
  return (
    <Section title={say('release.deprecation')}>
      <QueryState query={state}>
        {({ deprecation, by_operator: byOperator }) => (
          <Stack align="flex-start">
            {deprecation === null ? (
              <Text c="dimmed">{say('release.caredFor')}</Text>
            ) : (
              <div>
                <Text>{deprecation.message}</Text>
                <Text size="sm" c="dimmed" component="div">
                  {say('common.since')} <Moment at={deprecation.since} />
                  {deprecation.successor !== undefined && ` · ${say('release.successor')}: ${deprecation.successor}`}
                </Text>
              </div>
            )}
            {byOperator && !isOperator ? (
              <Text size="sm">{say('release.byOperator')}</Text>
            ) : (
              <Group gap="sm">
                <DeprecateForm key={deprecation?.since ?? 'none'} state={deprecation} onGiven={deprecate.mutate} />
                {deprecation !== null && (
                  <ConfirmButton
                    label={say('release.lift')}
                    title={say('release.lift')}
                    onConfirm={() => lift.mutate()}
                    button={{ size: 'xs' }}
                  >
                    <Text size="sm">{say('release.liftLead')}</Text>
                  </ConfirmButton>
                )}
              </Group>
            )}
          </Stack>
        )}
      </QueryState>
    </Section>
  );
}

interface DeprecateFormProps {
  readonly state: DeprecationState['deprecation'];
  readonly onGiven: (request: DeprecateRequest) => void;
}

function DeprecateForm({ state, onGiven }: DeprecateFormProps) {
  const say = useWords();
  const [message, setMessage] = useState(state?.message ?? '');
  const [successor, setSuccessor] = useState(state?.successor ?? '');
  const submit = () =>
    onGiven({ message: message.trim(), ...(successor.trim() === '' ? {} : { successor: successor.trim() }) });
  return (
    <FormButton
      label={say(state === null ? 'release.deprecate' : 'connections.edit')}
      submit={say(state === null ? 'release.deprecate' : 'connections.keep')}
      isReady={message.trim() !== ''}
      onSubmit={submit}
      button={{ size: 'xs', variant: 'default' }}
    >
      <Text size="sm">{say('release.deprecateLead')}</Text>
      <Textarea
        label={say('release.deprecationMessage')}
        maxLength={1_000}
        autosize
        minRows={3}
        value={message}
        data-autofocus
        onChange={({ currentTarget: { value } }) => setMessage(value)}
      />
      <TextInput
        label={say('release.successor')}
        description={say('release.successorLead')}
        placeholder="@vendor/name"
        value={successor}
        onChange={({ currentTarget: { value } }) => setSuccessor(value)}
      />
    </FormButton>
  );
}
