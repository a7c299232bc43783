/** Where the tab begins. */
export const HOME = '/marketplace';

/** What stands in the address: a list that was found can be bookmarked and gone back to. */
export interface BrowseSearch {
  readonly q?: string | undefined;
  readonly type?: string | undefined;
  readonly price?: string | undefined;
  readonly sort?: string | undefined;
  readonly offset?: number | undefined;
}

/** Reads an address; what is no part of a search is left out. */
export function readBrowseSearch(search: Readonly<Record<string, unknown>>): BrowseSearch {
  const text = (name: string) => (typeof search[name] === 'string' && search[name] !== '' ? search[name] : undefined);
  const q = typeof search['q'] === 'number' ? String(search['q']) : text('q');
  const offset = Number(search['offset']);
  const given = { q, type: text('type'), price: text('price'), sort: text('sort') };
  const from = Number.isInteger(offset) && offset > 0 ? { offset } : {};
  return { ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), ...from };
}

/** Where an admin was led away from to sign in: the page of a plugin. */
export interface PluginPageSearch {
  readonly path?: string;
}

/** Reads an address; anything but the page of a plugin of this shop is left out, so that nobody is led elsewhere. */
export function readPluginPageSearch({ path }: Readonly<Record<string, unknown>>): PluginPageSearch {
  return typeof path === 'string' && /^\/plugins\/[!-[\]-~]+$/.test(path) ? { path } : {};
}

/** How Stripe's page was left, as the hub's page says on the way back; only words depend on it. */
export interface PurchaseSearch {
  readonly order_status?: 'cancelled';
}

export function readPurchaseSearch({ order_status: status }: Readonly<Record<string, unknown>>): PurchaseSearch {
  return status === 'cancelled' ? { order_status: status } : {};
}

/** Which part of a plugin's page is shown; the overview when none is named. */
export interface PluginTab {
  readonly tab?: 'settings' | 'versions';
}

export function readPluginTab({ tab }: Readonly<Record<string, unknown>>): PluginTab {
  return tab === 'settings' || tab === 'versions' ? { tab } : {};
}
