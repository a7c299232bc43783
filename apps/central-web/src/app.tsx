import {
  ApiProblem,
  AppFrame,
  ErrorState,
  SignInCard,
  useApi,
  useChange,
  useGet,
  type Credentials,
} from '@hansa/web-ui';
import { IconHome } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useWords } from './i18n/words.js';

const ACCOUNT = '/account';
const SESSION = '/account/session';

/** The frame of every page, and the way in for those who are not signed in. */
export function App() {
  const say = useWords();
  const api = useApi();
  const queryClient = useQueryClient();
  const { data: account, error } = useGet<{ readonly email: string }>(ACCOUNT, undefined, { staleTime: 60_000 });
  const signIn = useChange((body: Credentials) => api.post(SESSION, { body }), {
    renews: ['/'],
    onRefused: () => true,
  });
  const signOut = useChange(() => api.delete(SESSION), { onDone: () => queryClient.resetQueries() });
  if (error instanceof ApiProblem && error.status === 401) {
    return (
      <SignInCard
        brand={say('brand')}
        lead={say('signIn.lead')}
        withCode
        error={signIn.error}
        isBusy={signIn.isPending}
        onSubmit={signIn.mutate}
      />
    );
  }
  if (account === undefined) return error === null ? null : <ErrorState error={error} />;
  return (
    <AppFrame
      brand={say('brand')}
      home="/"
      nav={[{ entries: [{ to: '/', label: say('brand'), icon: IconHome }] }]}
      account={{ name: account.email, onSignOut: () => signOut.mutate() }}
    >
      <Outlet />
    </AppFrame>
  );
}
