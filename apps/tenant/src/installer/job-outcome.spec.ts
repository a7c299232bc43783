import type { InstallJob } from './install-job.entity.js';
import type { InstallStep } from './install-steps.js';
import { outcomeOf } from './job-outcome.js';

const job = (step: InstallStep, more: Partial<InstallJob> = {}) =>
  ({ kind: 'update', step, package: { sha256: '', sizeBytes: 1 }, previous: null, ...more }) as InstallJob;
const previous = {} as InstallJob['previous'];

describe(outcomeOf, () => {
  it.each<[string, InstallJob, InstallStep, string | null]>([
    ['a first installation', job('switched'), 'healthy', 'installed'],
    ['an update', job('switched', { previous }), 'healthy', 'updated'],
    ['a release that is not well', job('switched', { previous }), 'rolled_back', 'rolled_back'],
    ['one that cannot be unpacked', job('verified'), 'failed', 'failed'],
    ['one that cannot migrate', job('staged'), 'failed', 'failed'],
    ['one that was not licensed or not fetched', job('requested'), 'failed', null],
    ['one whose signature does not hold', job('fetched'), 'failed', null],
    ['an admin who goes back', job('switched', { kind: 'rollback', previous }), 'healthy', null],
    ['an upload', job('switched', { package: { sha256: '', sizeBytes: 1, uploaded: true } }), 'healthy', null],
    ['a step on the way', job('verified'), 'staged', null],
  ])('says of %s what it says about the release', (_, at, to, outcome) => {
    expect(outcomeOf(at, to)).toBe(outcome);
  });
});
