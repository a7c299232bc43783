import { isLiveKey } from './key-validity.js';

const at = (time: string) => new Date(`2030-01-${time}T00:00:00Z`);

describe(isLiveKey.name, () => {
  it.each([
    [{}, true],
    [{ revokedAt: at('01') }, false],
    [{ validFrom: at('03') }, false],
    [{ validFrom: at('02') }, true],
    [{ validUntil: at('02') }, false],
    [{ validUntil: at('03') }, true],
  ])('of %j on the second says %s', (changes, live) => {
    expect(isLiveKey({ revokedAt: null, validFrom: null, validUntil: null, ...changes }, at('02'))).toBe(live);
  });
});
