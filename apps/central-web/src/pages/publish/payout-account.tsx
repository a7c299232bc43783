import { ApiProblem, ErrorState, useApi, useChange, useGet } from '@hansa/web-ui';
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconBuildingBank } from '@tabler/icons-react';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { useAccount } from '../../session/use-session.js';

const PATH = '/publisher/payout-account';

interface Account {
  readonly payable: boolean;
  readonly currently_due: readonly string[];
}

/** Says what stands between the publisher and its money, and leads to Stripe's page; nothing when all is well. */
export function PayoutAccount() {
  const say = useWords();
  const api = useApi();
  const { person } = useAccount();
  const [given, setGiven] = useState({ email: person?.email ?? '', country: '' });
  const account = useGet<Account>(PATH);
  const isMissing = account.error instanceof ApiProblem && account.error.status === 404;
  const open = useChange(() => api.post<{ url: string }>(PATH, { body: given }), {
    onDone: ({ url }) => globalThis.location.assign(url),
  });
  if (account.error !== null && !isMissing) return <ErrorState error={account.error} />;
  if (account.data?.payable === true || (account.data === undefined && !isMissing)) return null;
  const field = (name: keyof typeof given) => ({
    value: given[name],
    required: true,
    withAsterisk: false,
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setGiven((before) => ({ ...before, [name]: name === 'country' ? value.toUpperCase() : value })),
  });
  return (
    <Alert icon={<IconBuildingBank />} color="blue" title={say('publish.payoutTitle')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          open.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{say(isMissing ? 'publish.payoutMissing' : 'publish.payoutIncomplete')}</Text>
          <Group align="flex-end">
            <TextInput type="email" label={say('signIn.email')} {...field('email')} />
            <TextInput
              label={say('publish.country')}
              description={say('publish.countryLead')}
              placeholder="DE"
              pattern="[A-Z]{2}"
              maxLength={2}
              {...field('country')}
            />
            <Button type="submit" loading={open.isPending}>
              {say('publish.payoutOpen')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Alert>
  );
}
