import { CreateBase1764000000000 } from './1764000000000-create-base.js';
import { CreateCatalog1764010000000 } from './1764010000000-create-catalog.js';

/** Every migration, oldest first. A merged one is never edited (see README.md beside it). */
export const MIGRATIONS = [CreateBase1764000000000, CreateCatalog1764010000000] as const;
