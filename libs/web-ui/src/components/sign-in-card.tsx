import { Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState, type SyntheticEvent } from 'react';
import { useUiWords } from '../i18n/ui-words.js';
import { ErrorState } from './states.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Only when `withCode` asks for one and it was given. */
  readonly code?: string;
}

export interface SignInProps {
  readonly brand: string;
  readonly lead?: string;
  readonly withCode?: boolean;
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly onSubmit: (credentials: Credentials) => void;
}

/** E-mail and password, and the code of an authenticator app where accounts have one. */
export function SignInCard({ brand, lead, withCode = false, error, isBusy, onSubmit }: SignInProps) {
  const say = useUiWords();
  const [given, setGiven] = useState({ email: '', password: '', code: '' });
  useDocumentTitle(`${say('signIn.title')} · ${brand}`);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const { email, password, code } = given;
    onSubmit({ email, password, ...(code === '' ? {} : { code }) });
  };
  return (
    <Center component="main" mih="100dvh" p="md">
      <Card withBorder shadow="xs" padding="xl" w="100%" maw={400}>
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Title order={1} size="h3">
                {say('signIn.title')}
              </Title>
              <Text c="dimmed">{lead ?? brand}</Text>
            </div>
            {error !== null && error !== undefined && <ErrorState error={error} />}
            <TextInput
              label={say('signIn.email')}
              type="email"
              autoComplete="username"
              autoFocus
              required
              withAsterisk={false}
              value={given.email}
              onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, email: value }))}
            />
            <PasswordInput
              label={say('signIn.password')}
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={given.password}
              onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, password: value }))}
            />
            {withCode && (
              <TextInput
                label={say('signIn.code')}
                description={say('signIn.codeHint')}
                inputMode="numeric"
                autoComplete="one-time-code"
                value={given.code}
                onChange={({ currentTarget: { value } }) => setGiven((before) => ({ ...before, code: value }))}
              />
            )}
            <Button type="submit" loading={isBusy} fullWidth>
              {say('signIn.submit')}
            </Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
