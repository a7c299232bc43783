import { PageHeader } from '@hansa/web-ui';
import { Anchor, Button, Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words.js';
import { LetterForm } from '../../parts/letter-form.js';

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

/** Asks for a letter with a link that signs in. */
export function MerchantLink() {
  const say = useWords();
  return (
    <LetterForm
      path="/portal/sign-in-links"
      autoComplete="email"
      sent={(email) => say('signIn.sent', { email })}
      lead={
        <Text size="sm" c="dimmed">
          {say('signIn.merchantsLead')}
        </Text>
      }
    />
  );
}
