import type { QueryClient } from '@tanstack/react-query';
import { catalogQuery } from './pages/store/catalog-query.js';

/** What the server wrote into the page is not asked for again. */
export function takeFirstData(queryClient: QueryClient): void {
  const written = document.getElementById('first-data')?.textContent;
  if (!written) return;
  for (const [path, data] of Object.entries(JSON.parse(written) as Record<string, unknown>))
    queryClient.setQueryData([path, path === '/storefront/packages' ? catalogQuery(() => '', 0) : {}], data);
}
