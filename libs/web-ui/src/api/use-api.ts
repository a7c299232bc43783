import { QueryClient, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import type { Api, Query } from './client.js';
import { ApiProblem } from './problem.js';

export const ApiContext = createContext<Api | null>(null);

/** The API of the app this component is in. */
export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('useApi needs startApp around it');
  return api;
}

/** What a GET answers; its cache key is path and query, so `queryClient.invalidateQueries({ queryKey: [path] })` renews it. */
export function useGet<T>(path: string, query?: Query, options: GetOptions = {}): UseQueryResult<T> {
  const api = useApi();
  return useQuery({
    queryKey: [path, query ?? {}],
    queryFn: ({ signal }) => api.get<T>(path, query, signal),
    // Another page of the same list takes the place of the one before when it is there; another thing does not.
    placeholderData: (before, asked) => (asked?.queryKey[0] === path ? before : undefined),
    ...options,
  });
}

export interface GetOptions {
  readonly enabled?: boolean;
  readonly refetchInterval?: number | false;
  readonly staleTime?: number;
}

/** The envelope of every list of ours; `count` is of all items, not of this page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly count: number;
  readonly limit: number;
  readonly offset: number;
}

const TRIES = 2;

/** Reads are kept for a few seconds; a refusal is final, silence is asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        networkMode: 'always',
        retry: (failures, error) => !(error instanceof ApiProblem) && failures < TRIES,
      },
      mutations: { networkMode: 'always' },
    },
  });
}
