import type { Update } from '@hansa/contracts';
import { bucketOf, decisionFor, type UpdateDecision } from './update-policy.js';

const INSTANCE = 'inst_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const update = (latest: string, more: Partial<Update> = {}): Update =>
  Object.assign({ marketplace_id: '@a/b', current: '1.2.3', latest, changelog_url: '/' }, more);
const bucket = bucketOf('seed', INSTANCE);

describe(decisionFor, () => {
  it.each<[string, Update, UpdateDecision]>([
    ['a patch comes by itself', update('1.2.4'), 'automatic'],
    ['a minor step comes by itself', update('1.3.0'), 'automatic'],
    ['a major step asks', update('2.0.0'), 'ask'],
    ['a major step asks even if the hub says otherwise', update('2.0.0', { auto_update: true }), 'ask'],
    ['what the hub calls breaking asks', update('1.3.0', { breaking: true }), 'ask'],
    ['what the hub would not install asks', update('1.3.0', { auto_update: false }), 'ask'],
    [
      'a rollout that ends before this shop waits',
      update('1.3.0', { rollout: { percent: bucket, seed: 'seed' } }),
      'wait',
    ],
    [
      'a rollout that reaches this shop comes',
      update('1.3.0', { rollout: { percent: bucket + 1, seed: 'seed' } }),
      'automatic',
    ],
    [
      'a security fix waits for no rollout',
      update('1.3.0', { security: true, rollout: { percent: 0, seed: 'seed' } }),
      'automatic',
    ],
  ])('%s', (_, asked, decision) => {
    expect(decisionFor(asked, INSTANCE)).toBe(decision);
  });
});
