import { CreateBase1764000000000 } from './1764000000000-create-base.js';
import { CreatePlugins1764000001000 } from './1764000001000-create-plugins.js';
import { KeepReleases1764000002000 } from './1764000002000-keep-releases.js';
import { CreatePluginSchemas1764000003000 } from './1764000003000-create-plugin-schemas.js';
import { CreateUpdatePolicy1764000010000 } from './1764000010000-create-update-policy.js';
import { CreateEventHooks1764000011000 } from './1764000011000-create-event-hooks.js';
import { CreateHubContacts1764000012000 } from './1764000012000-create-hub-contacts.js';
import { ExplainLicenses1764000020000 } from './1764000020000-explain-licenses.js';
import { CreateHubMetadata1764000025000 } from './1764000025000-create-hub-metadata.js';
import { CreateRevocationLists1766100000000 } from './1766100000000-create-revocation-lists.js';
import { CreateLicenseRequests1766100001000 } from './1766100001000-create-license-requests.js';
import { KeepKeyOrder1766400000000 } from './1766400000000-keep-key-order.js';
import { CreateOutcomeConsents1766600000000 } from './1766600000000-create-outcome-consents.js';
import { NameHostEvents1766700000000 } from './1766700000000-name-host-events.js';

/** Every migration, oldest first. A merged one is never edited (see README.md beside it). */
export const MIGRATIONS = [
  CreateBase1764000000000,
  CreatePlugins1764000001000,
  KeepReleases1764000002000,
  CreatePluginSchemas1764000003000,
  CreateUpdatePolicy1764000010000,
  CreateEventHooks1764000011000,
  CreateHubContacts1764000012000,
  ExplainLicenses1764000020000,
  CreateHubMetadata1764000025000,
  CreateRevocationLists1766100000000,
  CreateLicenseRequests1766100001000,
  KeepKeyOrder1766400000000,
  CreateOutcomeConsents1766600000000,
  NameHostEvents1766700000000,
] as const;
