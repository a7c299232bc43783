import { defineJob } from '@hansa/platform';

/** Looks at everything that is published again, with what an import brought at or after this moment (RFC 3339). */
export const rescanCatalog = defineJob<{ since: string }>('rescan-catalog');
