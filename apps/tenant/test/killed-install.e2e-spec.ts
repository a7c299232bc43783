import { MortalShop, pointsOf } from '#test';

/** Less than a minute each on a quiet machine. */
const TIMEOUT_MS = 600_000;

let shop: MortalShop;
beforeEach(async () => (shop = await MortalShop.start()));
afterEach(() => shop.stop());

describe('a shop that is killed over an installation', () => {
  it(
    'has the new plugin in the end, however often it was cut off, each time a little further',
    async () => {
      await shop.release('fresh', '1.0.0');
      const [first, ...points] = pointsOf('job', 'fetch', 'verify');
      await shop.tenant.doomAt(first!, '@acme/fresh');
      await shop.install('fresh');
      for (const point of points) {
        await shop.tenant.death();
        await shop.tenant.restart(point, '@acme/fresh');
      }
      await shop.tenant.death();
      await shop.tenant.restart();
      await shop.tenant.settled();
      await shop.expectSound({ fresh: '1.0.0' });
    },
    TIMEOUT_MS,
  );

  it.each(['switch.committed', 'conclude.probing'] as const)(
    'ends with the new plugin and no other after it was cut off at %s',
    async (point) => {
      await shop.release('fresh', '1.0.0');
      await shop.cutOff(point, 'fresh', () => [shop.install('fresh'), shop.install('fresh')]);
      await shop.expectSound({ fresh: '1.0.0' });
    },
    TIMEOUT_MS,
  );
});
