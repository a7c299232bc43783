import { ApiProblem, useApi, useChange, useGet, type Credentials } from '@hansa/web-ui';
import { useQueryClient } from '@tanstack/react-query';
import { mayBeSignedIn } from './cookies.js';
import { chosenPublisher, choosePublisher } from './publisher-choice.js';

/** Where an account is read and changed. */
export const ACCOUNT = '/account';
const MERCHANT = '/portal/api/me';
const FRESH_MS = 60_000;

export interface Membership {
  readonly publisher_id: string;
  readonly name: string;
  readonly role: 'owner' | 'developer' | 'viewer';
}

/** Somebody who publishes or runs the hub. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly second_factor: boolean;
  readonly operator: boolean;
  readonly publishers: readonly Membership[];
}

/** Somebody who buys for shops. */
export interface Merchant {
  readonly id: string;
  readonly email: string | null;
  readonly email_proven: boolean;
  readonly shops: readonly { readonly instance_id: string; readonly base_url: string; readonly role: string }[];
}

/** Null when nobody is signed in, undefined while that is not known. */
export interface Session<Person> {
  readonly person: Person | null | undefined;
  readonly error: Error | null;
}

export function useAccount(): Session<Account> {
  return useWho<Account>('account', ACCOUNT);
}

export function useMerchant(): Session<Merchant> {
  return useWho<Merchant>('merchant', MERCHANT);
}

/** Without the cookie of the page nobody is asked: most visitors of the storefront have no session. */
function useWho<Person>(who: 'account' | 'merchant', path: string): Session<Person> {
  const mayBe = mayBeSignedIn(who, document.cookie);
  const { data, error } = useGet<Person>(path, undefined, { enabled: mayBe, staleTime: FRESH_MS });
  if (!mayBe) return { person: null, error: null };
  if (error instanceof ApiProblem && error.status === 401) return { person: null, error: null };
  return { person: data, error: data === undefined ? error : null };
}

export function useSignIn() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useChange((body: Credentials) => api.post<Account>(`${ACCOUNT}/session`, { body }), {
    onDone: (account) => void queryClient.setQueryData([ACCOUNT, {}], account),
    onRefused: () => true,
  });
}

export function useSignOut() {
  const api = useApi();
  return useChange(() => api.delete(`${ACCOUNT}/session`), { onDone: () => location.assign('/') });
}

/** Ends the merchant's session. The answer leads to his platform, where it names one; a page cannot read where to. */
export function useMerchantSignOut() {
  return useChange(() => fetch('/auth/logout', { method: 'POST', redirect: 'manual' }), {
    onDone: () => location.assign('/'),
  });
}

/** The publisher the account acts for here, and how to act for another. */
export function usePublisher(account: Account | null | undefined) {
  const queryClient = useQueryClient();
  const { publishers } = account ?? { publishers: [] };
  const chosen = chosenPublisher();
  const current = publishers.find(({ publisher_id: id }) => id === chosen) ?? publishers[0];
  if (current && current.publisher_id !== chosen) choosePublisher(current.publisher_id);
  return {
    current,
    choose: (id: string) => {
      choosePublisher(id);
      void queryClient.resetQueries({
        predicate: ({ queryKey: [path] }) => typeof path === 'string' && path.startsWith('/publisher'),
      });
    },
  };
}
