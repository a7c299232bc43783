import { describeHub } from './hub-suite.js';
import { describeTenant } from './tenant-suite.js';
import { openTarget, type Target } from './target.js';

/** From outside, over HTTP alone: ours, or whatever conformance/README.md says how to name. */
describe('conformance', () => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget();
  }, 180_000);
  afterAll(() => target.stop(), 60_000);

  describe('of a hub', () => describeHub(() => target));
  describe('of a shop', () => describeTenant(() => target));
});
