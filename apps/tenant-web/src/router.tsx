import { NotFoundState } from '@hansa/web-ui';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { App } from './app.js';

const HOME = '/marketplace';
const root = createRootRoute({ component: App, notFoundComponent: () => <NotFoundState home={HOME} /> });

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => redirect({ to: HOME, throw: true }),
  }),
  createRoute({
    getParentRoute: () => root,
    path: HOME,
    component: lazyRouteComponent(() => import('./pages/browse-page.js'), 'BrowsePage'),
  }),
];

/** Which page stands at which address. Each is loaded when it is opened, or pointed at. */
export function createAppRouter() {
  return createRouter({
    routeTree: root.addChildren(routes),
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}
