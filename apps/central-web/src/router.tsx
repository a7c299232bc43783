import { NotFoundState } from '@hansa/web-ui';
import { createRootRoute, createRouter } from '@tanstack/react-router';
import { App } from './app.js';

const root = createRootRoute({ component: App, notFoundComponent: () => <NotFoundState home="/" /> });

/** Which page stands at which address. Each is loaded when it is opened, or pointed at. */
export function createAppRouter() {
  return createRouter({ routeTree: root, defaultPreload: 'intent', scrollRestoration: true });
}
