/**
 * The house as tables: which feature may import which, and which library may import which. ESLint reads them
 * (eslint.config.mjs), ARCHITECTURE.md shows them, `tools/check-house.mjs` compares them with the folders.
 */

/** Features by app, lowest layer first. A feature imports only from layers below its own, by `#name`. */
export const LAYERS = {
  central: [
    ['config', 'database', 'audit'],
    ['outbox', 'storage', 'signing', 'mail'],
    ['accounts', 'instances', 'tokens', 'tuf'],
    ['auth'],
    ['catalog'],
    ['pictures'],
    ['releases', 'licenses', 'certificates'],
    ['downloads', 'checkout'],
    ['earnings'],
    [
      'webhooks',
      'composer',
      'market',
      'portal',
      'external-auth',
      'secure-tokens',
      'publisher-portal',
      'storefront',
      'console',
      'oversight',
    ],
  ],
  tenant: [
    ['config', 'database', 'egress', 'audit'],
    ['access'],
    ['hub'],
    ['feed', 'tuf'],
    ['plugins'],
    ['licenses', 'outcomes'],
    ['installer'],
    ['updates'],
    ['admin', 'hub-events', 'event-hooks'],
  ],
};

/** Workspace libraries each library may import; apps may import every library and never an app. */
export const LIBRARIES = {
  contracts: [],
  trust: [],
  archive: [],
  'hub-client': ['contracts'],
  'plugin-sdk': [],
  'plugin-host': ['plugin-sdk', 'contracts'],
  'package-checks': ['archive', 'contracts', 'plugin-host', 'plugin-sdk', 'trust'],
  'external-auth': ['trust'],
  'extension-auth': ['trust'],
  platform: ['contracts'],
  testing: ['platform', 'trust', 'archive', 'contracts'],
  'web-ui': ['contracts'],
};

/** Apps that run in browsers and the libraries they may import; of `contracts` only types, for its classes validate on servers. */
export const WEB_APPS = { 'central-web': ['web-ui', 'contracts'], 'tenant-web': ['web-ui', 'contracts'] };

/** What `trust` and `archive` must not know: frameworks, databases, the environment, the network. */
export const IMPURE = [
  '@nestjs/*',
  'typeorm',
  'pg',
  'fastify',
  'undici',
  'stripe',
  'node:http*',
  'node:https*',
  'node:net*',
  'node:child_process*',
  'http',
  'https',
  'net',
];

/** Only these folders of the tenant may open a connection to anywhere. */
export const NETWORK = ['undici', 'node:http', 'node:https', 'node:net', 'node:tls', 'http', 'https', 'net', 'tls'];
