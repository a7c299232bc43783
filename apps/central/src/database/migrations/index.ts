import { CreateBase1764000000000 } from './1764000000000-create-base.js';
import { CreateCatalog1764010000000 } from './1764010000000-create-catalog.js';
import { CreateLicenses1764020000000 } from './1764020000000-create-licenses.js';
import { CreateOrders1764021000000 } from './1764021000000-create-orders.js';
import { CreateLedger1764022000000 } from './1764022000000-create-ledger.js';
import { CreateStripeEvents1764023000000 } from './1764023000000-create-stripe-events.js';
import { CreateManagementTokens1764050000000 } from './1764050000000-create-management-tokens.js';

/** Every migration, oldest first. A merged one is never edited (see README.md beside it). */
export const MIGRATIONS = [
  CreateBase1764000000000,
  CreateCatalog1764010000000,
  CreateLicenses1764020000000,
  CreateOrders1764021000000,
  CreateLedger1764022000000,
  CreateStripeEvents1764023000000,
  CreateManagementTokens1764050000000,
] as const;
