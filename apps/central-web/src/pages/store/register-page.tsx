import { PageHeader, useApi, useChange } from '@hansa/web-ui';
import { Alert, Anchor, Button, Card, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';

const MIN_PASSWORD = 12;

/** An account for somebody who publishes: address and password, then the code from the letter. */
export function RegisterPage() {
  const say = useWords();
  const api = useApi();
  const navigate = useNavigate();
  const [given, setGiven] = useState({ email: '', password: '', code: '' });
  const field = (name: keyof typeof given) => ({
    value: given[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setGiven((before) => ({ ...before, [name]: value })),
    required: true,
    withAsterisk: false,
  });
  const register = useChange(() => api.post('/account', { body: { email: given.email, password: given.password } }));
  const verify = useChange(() => api.post('/account/verify', { body: { code: given.code.trim() } }), {
    onDone: () => navigate({ to: '/publish/overview' }),
  });
  return (
    <>
      <PageHeader title={say('register.title')} lead={say('register.lead')} />
      <Card withBorder padding="lg" maw={440}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (register.isSuccess) verify.mutate();
            else register.mutate();
          }}
        >
          {register.isSuccess ? (
            <Stack>
              <Alert role="status" color="green" title={say('signIn.sentTitle')}>
                {say('register.sent', { email: given.email })}
              </Alert>
              <TextInput label={say('register.code')} autoComplete="one-time-code" {...field('code')} />
              <Button type="submit" loading={verify.isPending}>
                {say('register.verify')}
              </Button>
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
