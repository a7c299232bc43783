import { AppFrame, ErrorState, SignInCard } from '@hansa/web-ui';
import { IconBuildingStore } from '@tabler/icons-react';
import { Outlet } from '@tanstack/react-router';
import { useWords } from './i18n/words.js';
import { useSession, useSignIn, useSignOut } from './session.js';

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
  const nav = [{ entries: [{ to: '/marketplace', label: say('nav.browse'), icon: IconBuildingStore }] }];
  return (
    <AppFrame
      brand={say('brand')}
      home="/marketplace"
      nav={nav}
      account={{ name: session.email, onSignOut: () => signOut.mutate() }}
    >
      <Outlet />
    </AppFrame>
  );
}
