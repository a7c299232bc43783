import { PageHeader, useApi, useChange } from '@hansa/web-ui';
import { Alert, Anchor, Button, Card, Stack, TextInput } from '@mantine/core';
import { IconMailCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';

/** Asks for a letter with a link that sets another password. The answer is the same for every address. */
export function ForgotPasswordPage() {
  const say = useWords();
  const api = useApi();
  const [email, setEmail] = useState('');
  const ask = useChange(() => api.post('/account/password-resets', { body: { email } }));
  return (
    <>
      <PageHeader title={say('forgotten.title')} lead={say('forgotten.lead')} />
      <Card withBorder padding="lg" maw={440}>
        {ask.isSuccess ? (
          <Stack align="flex-start">
            <Alert icon={<IconMailCheck />} color="green" role="status" title={say('signIn.sentTitle')}>
              {say('forgotten.sent', { email })}
            </Alert>
            <Button variant="default" onClick={ask.reset}>
              {say('signIn.again')}
            </Button>
          </Stack>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              ask.mutate();
            }}
          >
            <Stack>
              <TextInput
                type="email"
                label={say('signIn.email')}
                autoComplete="username"
                required
                withAsterisk={false}
                value={email}
                onChange={({ currentTarget: { value } }) => setEmail(value)}
              />
              <Button type="submit" loading={ask.isPending}>
                {say('signIn.sendLink')}
              </Button>
              <Anchor component={Link} to="/publish" size="sm" ta="center">
                {say('forgotten.back')}
              </Anchor>
            </Stack>
          </form>
        )}
      </Card>
    </>
  );
}
