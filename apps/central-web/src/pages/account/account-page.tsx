import { ErrorState, PageHeader, QueryState, useApi, useChange, useGet, useUiWords } from '@hansa/web-ui';
import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type SyntheticEvent } from 'react';
import { useWords } from '../../i18n/words.js';
import { Section } from '../../parts/section.js';
import { ACCOUNT, type Account } from '../../session/use-session.js';
import { SecondFactor } from './second-factor.js';

/** As the server asks it of a password. */
const SHORTEST = 12;
const LONGEST = 200;

/** What keeps an account its owner's: the password and the second factor. */
export function AccountPage() {
  const say = useWords();
  const account = useGet<Account>(ACCOUNT);
  return (
    <QueryState query={account}>
      {({ email, second_factor: isOn }) => (
        <>
          <PageHeader title={say('account.title')} lead={email} />
          <Stack maw={620}>
            <SecondFactor isOn={isOn} />
            <ChangePassword />
          </Stack>
        </>
      )}
    </QueryState>
  );
}

function ChangePassword() {
  const say = useWords();
  const ui = useUiWords();
  const api = useApi();
  const [given, setGiven] = useState({ password: '', next: '', again: '' });
  const change = useChange(
    ({ password, next }: { readonly password: string; readonly next: string }) =>
      api.put(`${ACCOUNT}/password`, { body: { password, next } }),
    {
      onDone: () => {
        notifications.show({ message: say('account.passwordChanged') });
        setGiven({ password: '', next: '', again: '' });
      },
      onRefused: () => true,
    },
  );
  const field = (name: keyof typeof given) => ({
    required: true,
    withAsterisk: false,
    maxLength: LONGEST,
    value: given[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setGiven((before) => ({ ...before, [name]: value })),
  });
  const differs = given.again !== '' && given.again !== given.next;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (given.again === given.next) change.mutate(given);
  };
  return (
    <Section title={say('account.password')}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            {say('account.passwordLead')}
          </Text>
          {change.error !== null && <ErrorState error={change.error} />}
          <PasswordInput label={say('account.present')} autoComplete="current-password" {...field('password')} />
          <PasswordInput
            label={say('account.next')}
            description={say('register.passwordRule', { length: SHORTEST })}
            minLength={SHORTEST}
            autoComplete="new-password"
            {...field('next')}
          />
          <PasswordInput
            label={say('account.again')}
            autoComplete="new-password"
            error={differs && say('account.differs')}
            {...field('again')}
          />
          <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
            {ui('action.save')}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
