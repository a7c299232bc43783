import { tooManyFail } from './rollout-rule.js';

describe(tooManyFail.name, () => {
  it.each([
    [9, 9, false],
    [10, 1, false],
    [10, 2, true],
    [100, 19, false],
    [100, 20, true],
    [0, 0, false],
  ])('of %d reports with %d failures says %s', (reports, failures, halts) => {
    expect(tooManyFail({ reports, failures }, { haltPercent: 20, haltReports: 10 })).toBe(halts);
  });
});
