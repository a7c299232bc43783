import { firstData } from '@hansa/web-ui';
import type { QueryClient } from '@tanstack/react-query';
import { catalogQuery } from './pages/store/catalog-query.js';

/** What the server wrote into the page is not asked for again. */
export function takeFirstData(queryClient: QueryClient): void {
  for (const [path, data] of Object.entries(firstData()))
    queryClient.setQueryData([path, path === '/storefront/packages' ? catalogQuery(() => '', 0) : {}], data);
}
