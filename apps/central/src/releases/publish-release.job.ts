import { defineJob } from '@hansa/platform';

/** Shows an approved release to shops. */
export const publishRelease = defineJob<{ releaseId: string }>('publish-release');
