import { defineJob } from '@hansa/platform';

/** Looks at a submission and hands it to the reviewers, or rejects it. */
export const checkRelease = defineJob<{ releaseId: string }>('check-release');
