import { firstData, NotFoundState } from '@hansa/web-ui';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { App } from './app.js';
import { BrowsePage } from './pages/browse-page.js';
import {
  type BrowseSearch,
  HOME,
  readBrowseSearch,
  readPluginPageSearch,
  readPluginTab,
  readPurchaseSearch,
} from './places.js';
import { pendingPurchase } from './parts/purchase.js';

const root = createRootRoute({ component: App, notFoundComponent: () => <NotFoundState home={HOME} /> });

/** Where the hub leads browsers back to after a payment: to the purchase that is waited for, if there is one. */
const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readPurchaseSearch,
  beforeLoad: ({ search }) =>
    pendingPurchase() ? redirect({ to: `${HOME}/purchase`, search, throw: true }) : redirect({ to: HOME, throw: true }),
});

const browse = createRoute({
  getParentRoute: () => root,
  path: HOME,
  validateSearch: readBrowseSearch,
  component: BrowsePage,
});

/** A page below the start, loaded when it is opened. */
const page = <const Path extends string, const Name extends string>(
  path: Path,
  load: () => Promise<Record<Name, () => React.ReactNode>>,
  name: Name,
) =>
  createRoute({
    getParentRoute: () => root,
    path: `/marketplace/${path}`,
    component: lazyRouteComponent(load, name),
  });

const pluginPage = createRoute({
  getParentRoute: () => root,
  path: '/marketplace/plugin-page',
  validateSearch: readPluginPageSearch,
  component: lazyRouteComponent(() => import('./pages/open-plugin-page.js'), 'OpenPluginPage'),
});

const purchase = createRoute({
  getParentRoute: () => root,
  path: '/marketplace/purchase',
  validateSearch: readPurchaseSearch,
  component: lazyRouteComponent(() => import('./pages/purchase-page.js'), 'PurchasePage'),
});

const plugin = createRoute({
  getParentRoute: () => root,
  path: '/marketplace/installed/$id',
  validateSearch: readPluginTab,
  component: lazyRouteComponent(() => import('./pages/plugin-page.js'), 'PluginPage'),
});

const pages = [
  page('p/$vendor/$name', () => import('./pages/product-page.js'), 'ProductPage'),
  page('jobs/$id', () => import('./pages/job-page.js'), 'JobPage'),
  page('installed', () => import('./pages/installed-page.js'), 'InstalledPage'),
  page('updates', () => import('./pages/updates-page.js'), 'UpdatesPage'),
  page('licenses', () => import('./pages/licenses-page.js'), 'LicensesPage'),
  page('activity', () => import('./pages/activity-page.js'), 'ActivityPage'),
  page('privacy', () => import('./pages/privacy-page.js'), 'PrivacyPage'),
  page('settings', () => import('./pages/settings-page.js'), 'SettingsPage'),
] as const;

/** Which page stands at which address. Each is loaded when it is opened, or pointed at. */
export function createAppRouter(queryClient: QueryClient) {
  // What the server wrote into the page is not asked for again.
  for (const [path, data] of Object.entries(firstData())) queryClient.setQueryData([path, {}], data);
  return createRouter({
    routeTree: root.addChildren([index, browse, pluginPage, purchase, plugin, ...pages]),
    defaultPreload: 'intent',
    scrollRestoration: true,
    pathParamsAllowedCharacters: ['@'],
  });
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The search a product was found with: the way back leads to it. */
    readonly found?: BrowseSearch;
  }
  interface Register {
    readonly router: ReturnType<typeof createAppRouter>;
  }
}
