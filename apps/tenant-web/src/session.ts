import { ApiProblem, useApi, useChange, useGet, type Credentials } from '@hansa/web-ui';
import { useQueryClient } from '@tanstack/react-query';

export const SESSION = '/auth/session';

export interface Session {
  readonly email: string;
}

/** Who is signed in; null when nobody is, undefined while that is not known. */
export function useSession(): { readonly session: Session | null | undefined; readonly error: Error | null } {
  const { data, error } = useGet<Session>(SESSION, undefined, { staleTime: 60_000 });
  if (error instanceof ApiProblem && error.status === 401) return { session: null, error: null };
  return { session: data, error: data === undefined ? error : null };
}

export function useSignIn() {
  const api = useApi();
  return useChange((body: Credentials) => api.post(SESSION, { body }), { renews: ['/'], onRefused: () => true });
}

export function useSignOut() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useChange(() => api.delete(SESSION), { onDone: () => queryClient.resetQueries() });
}
