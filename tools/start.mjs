/** `npm start`: the whole federation on this machine, seeded, from one command. */
import { prepare } from './prepare.mjs';

if (process.argv.includes('--help')) {
  process.stdout.write(`npm start — runs a hub, one shop and a Stripe sandbox on this machine, with example plugins.

Settings, by environment (.env.example lists them all):
  HUB_PORT (4000)  TENANT_PORT (4100)  STRIPE_PORT (4200)  DATA_DIR (.data)
  DATABASE_URL     a PostgreSQL of yours; an embedded one runs when unset

A second copy runs beside the first with other ports and another DATA_DIR. Ctrl-C stops everything; data stays in DATA_DIR.
Then: npm run demo — buys a paid plugin the way a merchant does; npm run demo -- lifecycle — a subscription to its end.
`);
  process.exit(0);
}
process.stdout.write('Hansa\n');
await prepare();
const { startFederation } = await import('./demo/federation.mjs');
await startFederation();
