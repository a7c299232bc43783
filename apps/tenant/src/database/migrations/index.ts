import { CreateBase1764000000000 } from './1764000000000-create-base.js';
import { CreatePlugins1764000001000 } from './1764000001000-create-plugins.js';

/** Every migration, oldest first. A merged one is never edited (see README.md beside it). */
export const MIGRATIONS = [CreateBase1764000000000, CreatePlugins1764000001000] as const;
