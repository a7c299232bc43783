import { Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useEffect, useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { useUiWords } from '../i18n/ui-words.js';
import { ErrorState } from './states.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Only when it was asked for. */
  readonly code?: string;
}

export interface SignInProps {
  readonly brand: string;
  readonly lead?: string;
  /** The password was right, and the code of an authenticator app is needed too. */
  readonly asksForCode?: boolean;
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly onSubmit: (credentials: Credentials) => void;
  /** Other ways on, below the form. */
  readonly children?: ReactNode;
}

/** E-mail and password, then the code of an authenticator app where the account has one. */
export function SignInCard({ brand, lead, asksForCode = false, error, isBusy, onSubmit, children }: SignInProps) {
  const say = useUiWords();
  const [given, setGiven] = useState({ email: '', password: '', code: '' });
  const code = useRef<HTMLInputElement>(null);
  useEffect(() => code.current?.focus(), [asksForCode]);
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
            {asksForCode && (
              <TextInput
                ref={code}
                label={say('signIn.code')}
                description={say('signIn.codeHint')}
                required
                withAsterisk={false}
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
        {children}
      </Card>
    </Center>
  );
}
