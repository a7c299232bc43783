import { ApiProblem, AppFrame, ErrorState, SignInCard } from '@hansa/web-ui';
import { Anchor, Button, Group, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useWords } from './i18n/words.js';
import { useNavigation } from './navigation.js';
import {
  useAccount,
  useMerchant,
  useMerchantSignOut,
  usePublisher,
  useSignIn,
  useSignOut,
  type Account,
} from './session/use-session.js';

/** Pages of people with an account; what each may do the server decides. */
const NEEDS_ACCOUNT = /^\/(publish|operate|settings)(\/|$)/;

/** The frame of every page, and the way in where a page needs one. */
export function App() {
  const say = useWords();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const account = useAccount();
  const merchant = useMerchant();
  const navigation = useNavigation(account.person, merchant.person);
  const signOut = useSignOut();
  const merchantSignOut = useMerchantSignOut();
  const needsAccount = NEEDS_ACCOUNT.test(path);
  if (needsAccount && account.error) return <ErrorState error={account.error} />;
  if (needsAccount && account.person === undefined) return null;
  if (needsAccount && account.person === null) return <AccountSignIn />;
  const who = account.person
    ? {
        name: account.person.email,
        onSignOut: () => signOut.mutate(),
        settings: { to: '/settings', label: say('account.title') },
      }
    : merchant.person
      ? { name: merchant.person.email ?? say('merchant.noEmail'), onSignOut: () => merchantSignOut.mutate() }
      : undefined;
  return (
    <AppFrame
      brand={say('brand')}
      home="/"
      nav={navigation}
      account={who}
      header={who ? <PublisherSwitch account={account.person} /> : <SignInLink />}
    >
      <Outlet />
    </AppFrame>
  );
}

function AccountSignIn() {
  const say = useWords();
  const signIn = useSignIn();
  const [asksForCode, setAsksForCode] = useState(false);
  const code = signIn.error instanceof ApiProblem ? signIn.error.code : null;
  const given = signIn.variables?.email ?? '';
  const wantsCode = code === 'SECOND_FACTOR_REQUIRED';
  const isUnproven = code === 'EMAIL_UNVERIFIED';
  if (wantsCode && !asksForCode) setAsksForCode(true);
  return (
    <SignInCard
      brand={say('brand')}
      lead={say('signIn.lead')}
      asksForCode={asksForCode}
      error={wantsCode ? null : signIn.error}
      isBusy={signIn.isPending}
      onSubmit={signIn.mutate}
    >
      {isUnproven && (
        <Button component={Link} to={`/register?prove=${encodeURIComponent(given)}`} mt="md" fullWidth>
          {say('register.verify')}
        </Button>
      )}
      <Group justify="space-between" mt="md" gap="xs">
        <Anchor component={Link} to="/forgot-password" size="sm">
          {say('signIn.forgotten')}
        </Anchor>
        <Anchor component={Link} to="/sign-in" size="sm">
          {say('signIn.otherWays')}
        </Anchor>
      </Group>
    </SignInCard>
  );
}

function SignInLink() {
  const say = useWords();
  return (
    <Button component={Link} to="/sign-in" variant="default" size="xs">
      {say('signIn.link')}
    </Button>
  );
}

/** Members of several publishers say for which one they act. */
function PublisherSwitch({ account }: { readonly account: Account | null | undefined }) {
  const say = useWords();
  const { current, choose } = usePublisher(account);
  if (!account || account.publishers.length < 2 || !current) return null;
  return (
    <NativeSelect
      size="xs"
      maw={180}
      aria-label={say('publish.actFor')}
      value={current.publisher_id}
      data={account.publishers.map(({ publisher_id: value, name: label }) => ({ value, label }))}
      onChange={({ currentTarget: { value } }) => choose(value)}
    />
  );
}
