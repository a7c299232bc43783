import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

type Patch = Readonly<Record<string, string | number | null>>;

/** What a list shows, kept in the address: it can be sent to somebody, and the way back leads to it. */
export function useListState() {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const of = (name: string) => textOf(search[name]);
  const set = useCallback(
    (patch: Patch) => {
      // Another filter begins at its first page.
      const changed: Record<string, string | number | undefined> = 'offset' in patch ? {} : { offset: undefined };
      for (const [name, value] of Object.entries(patch))
        changed[name] = value === '' || value === null ? undefined : value;
      void navigate({
        to: '.',
        search: (before: object) => ({ ...before, ...changed }),
        replace: true,
        resetScroll: 'offset' in patch,
      });
    },
    [navigate],
  );
  return { of, offset: Number(of('offset')) || 0, set };
}

/** The router reads numbers and lists out of an address; a list here is what somebody typed. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}
