import { MIGRATIONS } from '#database';
import { ENTITIES } from '../../src/entities.js';

/** The tenant's tables, for the template test databases are cloned from. */
export const SCHEMA = { name: 'tenant', entities: ENTITIES, migrations: MIGRATIONS };
