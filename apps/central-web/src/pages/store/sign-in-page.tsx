import { PageHeader, useApi, useChange } from '@hansa/web-ui';
import { Alert, Anchor, Button, Card, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconMailCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';

/** The two ways in: merchants follow a link from a letter, publishers and operators have a password. */
export function SignInPage() {
  const say = useWords();
  return (
    <>
      <PageHeader title={say('signIn.link')} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} maw={820}>
        <Card withBorder padding="lg">
          <Stack>
            <Title order={2} size="h4">
              {say('signIn.merchants')}
            </Title>
            <MerchantLink />
          </Stack>
        </Card>
        <Card withBorder padding="lg">
          <Stack justify="space-between" h="100%">
            <div>
              <Title order={2} size="h4">
                {say('signIn.publishers')}
              </Title>
              <Text size="sm" c="dimmed" mt="md">
                {say('signIn.publishersLead')}
              </Text>
            </div>
            <Stack gap="xs">
              <Button component={Link} to="/publish/overview">
                {say('signIn.withPassword')}
              </Button>
              <Anchor component={Link} to="/register" size="sm" ta="center">
                {say('signIn.register')}
              </Anchor>
            </Stack>
          </Stack>
        </Card>
      </SimpleGrid>
    </>
  );
}

/** Asks for a letter with a link that signs in. The answer is the same for every address. */
export function MerchantLink() {
  const say = useWords();
  const api = useApi();
  const [email, setEmail] = useState('');
  const ask = useChange(() => api.post('/portal/sign-in-links', { body: { email } }));
  if (ask.isSuccess) {
    return (
      <Stack align="flex-start">
        <Alert icon={<IconMailCheck />} color="green" role="status" title={say('signIn.sentTitle')}>
          {say('signIn.sent', { email })}
        </Alert>
        <Button variant="default" onClick={ask.reset}>
          {say('signIn.again')}
        </Button>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {say('signIn.merchantsLead')}
        </Text>
        <TextInput
          type="email"
          label={say('signIn.email')}
          autoComplete="email"
          required
          withAsterisk={false}
          value={email}
          onChange={({ currentTarget: { value } }) => setEmail(value)}
        />
        <Button type="submit" loading={ask.isPending}>
          {say('signIn.sendLink')}
        </Button>
      </Stack>
    </form>
  );
}
