import { CreateBase1764000000000 } from './1764000000000-create-base.js';

/** Every migration, oldest first. A merged one is never edited (see README.md beside it). */
export const MIGRATIONS = [CreateBase1764000000000] as const;
