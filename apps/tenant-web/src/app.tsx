import { AppFrame, ErrorState, SignInCard } from '@hansa/web-ui';
import { Alert, Group } from '@mantine/core';
import {
  IconActivity,
  IconBuildingStore,
  IconKey,
  IconPuzzle,
  IconRefresh,
  IconSettings,
  IconShieldLock,
  IconShoppingCart,
} from '@tabler/icons-react';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useWords } from './i18n/words.js';
import { HubBanner } from './parts/hub-banner.js';
import { pendingPurchase } from './parts/purchase.js';
import { HOME } from './places.js';
import { useSession, useSignIn, useSignOut } from './session.js';
import { LinkButton } from './parts/links.js';

/** The frame of every page, and the way in for those who are not signed in. */
export function App() {
  const say = useWords();
  const { session, error } = useSession();
  const signIn = useSignIn();
  const signOut = useSignOut();
  if (error) return <ErrorState error={error} />;
  if (session === undefined) return null;
  if (session === null) {
    return (
      <SignInCard
        brand={say('brand')}
        lead={say('signIn.lead')}
        error={signIn.error}
        isBusy={signIn.isPending}
        onSubmit={signIn.mutate}
      />
    );
  }
  return (
    <AppFrame
      brand={say('brand')}
      home={HOME}
      nav={[
        {
          entries: [
            { to: HOME, label: say('nav.browse'), icon: IconBuildingStore },
            { to: `${HOME}/installed`, label: say('nav.installed'), icon: IconPuzzle },
            { to: `${HOME}/updates`, label: say('nav.updates'), icon: IconRefresh },
            { to: `${HOME}/licenses`, label: say('nav.licenses'), icon: IconKey },
          ],
        },
        {
          label: say('nav.shop'),
          entries: [
            { to: `${HOME}/activity`, label: say('nav.activity'), icon: IconActivity },
            { to: `${HOME}/privacy`, label: say('nav.privacy'), icon: IconShieldLock },
            { to: `${HOME}/settings`, label: say('nav.settings'), icon: IconSettings },
          ],
        },
      ]}
      account={{ name: session.email, onSignOut: () => signOut.mutate() }}
    >
      <HubBanner />
      <PurchaseBanner />
      <Outlet />
    </AppFrame>
  );
}

/** Reminds of a purchase that was begun in this browser, on every page but the one that waits for it. */
function PurchaseBanner() {
  const say = useWords();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const purchase = pendingPurchase();
  if (purchase === null || path === `${HOME}/purchase`) return null;
  return (
    <Alert mb="lg" color="blue" icon={<IconShoppingCart />}>
      <Group justify="space-between">
        {say('buy.banner', { name: purchase.name })}
        <LinkButton to={`${HOME}/purchase`} size="xs" variant="default">
          {say('buy.show')}
        </LinkButton>
      </Group>
    </Alert>
  );
}
