import { ApiProblem, PageHeader, useApi, useChange } from '@hansa/web-ui';
import { Alert, Anchor, Button, Card, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { useSignIn } from '../../session/use-session.js';

const MIN_PASSWORD = 12;

/** An account for somebody who publishes: address and password, then the code from the letter, which signs in at once. */
export function RegisterPage() {
  const say = useWords();
  const api = useApi();
  const navigate = useNavigate();
  // Who left before the code came is led back here by the sign-in, with the address.
  const { prove }: { readonly prove?: unknown } = useSearch({ strict: false });
  const [proving, setProving] = useState(typeof prove === 'string' ? prove : null);
  const [given, setGiven] = useState({ email: proving ?? '', password: '', code: '' });
  const field = (name: keyof typeof given) => ({
    value: given[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setGiven((before) => ({ ...before, [name]: value })),
    required: true,
    withAsterisk: false,
  });
  const register = useChange(() => api.post('/account', { body: { email: given.email, password: given.password } }));
  const sendAgain = useChange(() => api.post('/account/proof', { body: { email: given.email } }), {
    onDone: () => notifications.show({ message: say('register.sentAgain') }),
  });
  const signIn = useSignIn();
  const verify = useChange(() => api.post('/account/verify', { body: { code: given.code.trim() } }), {
    onRefused: isRefused,
    // Where the password is not known any more, or refused, the next page asks for it.
    onDone: () => {
      const onSettled = () => void navigate({ to: '/publish/overview' });
      if (given.password === '') onSettled();
      else signIn.mutate({ email: given.email, password: given.password }, { onSettled });
    },
  });
  const isProving = register.isSuccess || proving !== null;
  return (
    <>
      <PageHeader title={say('register.title')} lead={say('register.lead')} />
      <Card withBorder padding="lg" maw={440}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isProving) verify.mutate();
            else register.mutate();
          }}
        >
          {isProving ? (
            <Stack>
              <Alert role="status" color="green" title={say('signIn.sentTitle')}>
                {say('register.sent', { email: given.email })}
              </Alert>
              <TextInput
                label={say('register.code')}
                autoComplete="one-time-code"
                error={isRefused(verify.error) && say('register.wrong')}
                {...field('code')}
              />
              <Button type="submit" loading={verify.isPending || signIn.isPending}>
                {say('register.verify')}
              </Button>
              <Group justify="space-between">
                <Button variant="subtle" size="xs" loading={sendAgain.isPending} onClick={() => sendAgain.mutate()}>
                  {say('register.sendAgain')}
                </Button>
                <Button
                  variant="subtle"
                  size="xs"
                  onClick={() => {
                    setProving(null);
                    register.reset();
                  }}
                >
                  {say('register.otherAddress')}
                </Button>
              </Group>
            </Stack>
          ) : (
            <Stack>
              <TextInput type="email" label={say('signIn.email')} autoComplete="username" {...field('email')} />
              <PasswordInput
                label={say('register.password')}
                description={say('register.passwordRule', { length: MIN_PASSWORD })}
                autoComplete="new-password"
                minLength={MIN_PASSWORD}
                {...field('password')}
              />
              <Button type="submit" loading={register.isPending}>
                {say('register.submit')}
              </Button>
              <Text size="sm" ta="center">
                <Anchor component={Link} to="/publish/overview">
                  {say('register.have')}
                </Anchor>
              </Text>
            </Stack>
          )}
        </form>
      </Card>
    </>
  );
}

/** A code that is wrong, too old, or no code at all. */
function isRefused(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 400;
}
