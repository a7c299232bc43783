import { ILL, MortalShop, pointsOf } from '#test';

/** Less than a minute each on a quiet machine. */
const TIMEOUT_MS = 600_000;

let shop: MortalShop;
beforeEach(async () => (shop = await MortalShop.start()));
afterEach(() => shop.stop());

it(
  'ends with what ran before, wherever a roll back was cut off',
  async () => {
    await shop.has('old', '1.0.0');
    let patch = 0;
    for (const point of pointsOf('rollback')) {
      patch += 1;
      await shop.release('old', `1.0.${patch}`, ILL);
      await shop.release('ill', `1.0.${patch}`, ILL);
      await shop.cutOff(point, patch % 2 === 0 ? 'old' : 'ill', () => [shop.update('old'), shop.install('ill')]);
      await shop.expectSound({ old: '1.0.0' });
    }
  },
  TIMEOUT_MS,
);

it(
  'ends without the plugin, or with all of it, wherever its removal was cut off',
  async () => {
    await shop.has('old', '1.0.0');
    await shop.cutOff('uninstall.uncommitted', 'old', () => [shop.remove('old')]);
    await shop.expectSound({ old: '1.0.0' });
    await shop.cutOff('uninstall.committed', 'old', () => [shop.remove('old')]);
    await shop.expectSound({});
  },
  TIMEOUT_MS,
);
