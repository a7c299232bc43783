import type { Holding } from '../model.js';

/** Whether it can be installed without being bought: it costs nothing, or this shop has a license that lets it run. */
export function mayInstall({ price_eur: price, owned }: { readonly price_eur: number } & Holding): boolean {
  return price === 0 || (owned !== null && owned.state !== 'stopped');
}
