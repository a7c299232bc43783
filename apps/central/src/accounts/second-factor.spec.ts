import { generate } from 'otplib';
import { newTotpSecret, totpStepOf, totpUri } from './second-factor.js';

const NOW = new Date('2030-01-01T00:00:10Z');
const STEP = Math.floor(NOW.getTime() / 30_000);

describe(totpStepOf.name, () => {
  // RFC 6238 appendix B: the secret is the ASCII text 12345678901234567890; eight digits there, the last six here.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [2_000_000_000, '279037'],
  ])('knows the test vector of RFC 6238 at %d', async (seconds, code) => {
    expect(await totpStepOf(secret, code, new Date(seconds * 1_000), 0)).toBe(Math.floor(seconds / 30));
  });

  it.each([
    [-30, true],
    [30, true],
    [-90, false],
    [90, false],
  ])('takes a code of a clock that is %d s off: %s', async (offset, taken) => {
    const code = await generate({ secret, epoch: NOW.getTime() / 1_000 + offset });
    expect((await totpStepOf(secret, code, NOW, 0)) !== undefined).toBe(taken);
  });

  it('takes no code twice, nor one before the last', async () => {
    const code = await generate({ secret, epoch: NOW.getTime() / 1_000 });
    expect(await totpStepOf(secret, code, NOW, 0)).toBe(STEP);
    expect(await totpStepOf(secret, code, NOW, STEP)).toBeUndefined();
    const before = await generate({ secret, epoch: NOW.getTime() / 1_000 - 30 });
    expect(await totpStepOf(secret, before, NOW, STEP)).toBeUndefined();
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６'])('refuses %j', async (code) => {
    expect(await totpStepOf(secret, code, NOW, 0)).toBeUndefined();
  });
});

describe(totpUri.name, () => {
  it('is what authenticator apps scan', () => {
    const secret = newTotpSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(totpUri(secret, 'ada@nord.example', 'Hansa')).toContain(`secret=${secret}`);
  });
});
