import { NotFoundState } from '@hansa/web-ui';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { App } from './app.js';
import { takeFirstData } from './first-data.js';
import { BrowsePage } from './pages/store/browse-page.js';

const root = createRootRoute({ component: App, notFoundComponent: () => <NotFoundState home="/" /> });

/** A page of its own file, loaded when it is opened or pointed at. */
function page<Name extends string>(path: string, load: () => Promise<Record<Name, ComponentType>>, name: Name) {
  return createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name) });
}

function leadsTo(path: string, to: string) {
  return createRoute({ getParentRoute: () => root, path, component: () => <Navigate to={to} replace /> });
}

const routes = [
  createRoute({ getParentRoute: () => root, path: '/', component: BrowsePage }),
  page('/plugins/$vendor/$name', () => import('./pages/store/product-page.js'), 'ProductPage'),
  page('/sign-in', () => import('./pages/store/sign-in-page.js'), 'SignInPage'),
  page('/forgot-password', () => import('./pages/store/forgot-password-page.js'), 'ForgotPasswordPage'),
  page('/register', () => import('./pages/store/register-page.js'), 'RegisterPage'),

  leadsTo('/merchant', '/merchant/licenses'),
  page('/merchant/licenses', () => import('./pages/merchant/licenses-page.js'), 'LicensesPage'),
  page('/merchant/payments', () => import('./pages/merchant/payments-page.js'), 'PaymentsPage'),
  page('/merchant/invoices', () => import('./pages/merchant/invoices-page.js'), 'InvoicesPage'),
  page('/merchant/shops', () => import('./pages/merchant/shops-page.js'), 'ShopsPage'),

  page('/settings', () => import('./pages/account/account-page.js'), 'AccountPage'),

  leadsTo('/publish', '/publish/overview'),
  page('/publish/overview', () => import('./pages/publish/overview-page.js'), 'OverviewPage'),
  page('/publish/packages', () => import('./pages/publish/packages-page.js'), 'PackagesPage'),
  page('/publish/packages/$vendor/$name', () => import('./pages/publish/listing-page.js'), 'ListingPage'),
  page('/publish/releases', () => import('./pages/publish/releases-page.js'), 'ReleasesPage'),
  page('/publish/releases/$id', () => import('./pages/publish/release-page.js'), 'ReleasePage'),
  page('/publish/upload', () => import('./pages/publish/upload-page.js'), 'UploadPage'),
  page('/publish/earnings', () => import('./pages/publish/earnings-page.js'), 'EarningsPage'),
  page('/publish/keys', () => import('./pages/publish/keys-page.js'), 'KeysPage'),
  page('/publish/tokens', () => import('./pages/publish/tokens-page.js'), 'TokensPage'),
  page('/publish/team', () => import('./pages/publish/team-page.js'), 'TeamPage'),

  leadsTo('/operate', '/operate/overview'),
  page('/operate/overview', () => import('./pages/operate/overview-page.js'), 'OverviewPage'),
  page('/operate/reviews', () => import('./pages/operate/reviews-page.js'), 'ReviewsPage'),
  page('/operate/reviews/$id', () => import('./pages/operate/review-page.js'), 'ReviewPage'),
  page('/operate/packages', () => import('./pages/operate/packages-page.js'), 'PackagesPage'),
  page('/operate/packages/$vendor/$name', () => import('./pages/operate/package-page.js'), 'PackagePage'),
  page('/operate/advisories', () => import('./pages/operate/advisories-page.js'), 'AdvisoriesPage'),
  page('/operate/publishers', () => import('./pages/operate/publishers-page.js'), 'PublishersPage'),
  page('/operate/instances', () => import('./pages/operate/instances-page.js'), 'InstancesPage'),
  page('/operate/deliveries', () => import('./pages/operate/deliveries-page.js'), 'DeliveriesPage'),
  page('/operate/deliveries/$id', () => import('./pages/operate/delivery-page.js'), 'DeliveryPage'),
  page('/operate/jobs', () => import('./pages/operate/jobs-page.js'), 'JobsPage'),
  page('/operate/mails', () => import('./pages/operate/mails-page.js'), 'MailsPage'),
  page('/operate/audit', () => import('./pages/operate/audit-page.js'), 'AuditPage'),
  page('/operate/market-clients', () => import('./pages/operate/market-clients-page.js'), 'MarketClientsPage'),
  page('/operate/market-products', () => import('./pages/operate/market-products-page.js'), 'MarketProductsPage'),
  page('/operate/extensions', () => import('./pages/operate/extensions-page.js'), 'ExtensionsPage'),
  page('/operate/extensions/$id', () => import('./pages/operate/extension-page.js'), 'ExtensionPage'),
  page('/operate/composer-sources', () => import('./pages/operate/composer-sources-page.js'), 'ComposerSourcesPage'),
  page('/operate/composer-sources/$id', () => import('./pages/operate/composer-source-page.js'), 'ComposerSourcePage'),
  page('/operate/publishable-keys', () => import('./pages/operate/publishable-keys-page.js'), 'PublishableKeysPage'),
  page('/operate/management-tokens', () => import('./pages/operate/management-tokens-page.js'), 'ManagementTokensPage'),
  page('/operate/issuers', () => import('./pages/operate/issuers-page.js'), 'IssuersPage'),
  page('/operate/keys', () => import('./pages/operate/hub-keys-page.js'), 'HubKeysPage'),
];

/** Which page stands at which address. */
export function createAppRouter(queryClient: QueryClient) {
  takeFirstData(queryClient);
  return createRouter({ routeTree: root.addChildren(routes), defaultPreload: 'intent', scrollRestoration: true });
}
