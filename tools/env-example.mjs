/** Writes `.env.example` from the settings classes; with `--check`, says whether it is up to date. */
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { envExample } from '@hansa/platform';
import { CentralEnv } from '../apps/central/dist/src/config/central-env.js';
import { SETTINGS } from '../apps/stripe-sandbox/dist/src/config/config.js';
import { TenantEnv } from '../apps/tenant/dist/src/config/tenant-env.js';
import { fail } from './prepare.mjs';

const FILE = '.env.example';
const sandbox = SETTINGS.map(({ name, about, default: usual }) => `# ${about}\n# ${name}=${usual}\n`).join('\n');
const text = `# Every setting of every program, with its default. Generated from the settings classes by tools/env-example.mjs.
# npm start reads HUB_PORT, TENANT_PORT, STRIPE_PORT, DATA_DIR (.data), DATABASE_URL and TENANT_DATABASE_URL, and sets the rest.

### Hub (apps/central)

${envExample(CentralEnv)}
### Shop (apps/tenant)

${envExample(TenantEnv)}
### Stripe sandbox (apps/stripe-sandbox), development only

${sandbox}`;

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text)
  fail(`${FILE} is not what the settings classes say. Run node tools/env-example.mjs.`);
