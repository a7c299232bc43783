import { MortalShop, pointsOf } from '#test';

/** Less than a minute each on a quiet machine. */
const TIMEOUT_MS = 600_000;

let shop: MortalShop;
beforeEach(async () => (shop = await MortalShop.start()));
afterEach(() => shop.stop());

describe('a shop that is killed over an update', () => {
  it.each(['stage', 'switch', 'conclude'])(
    'ends with the new release alone, wherever it was cut off in step %s, whatever else was on its way',
    async (step) => {
      await shop.has('old', '1.0.0');
      let patch = 0;
      for (const point of pointsOf(step)) {
        patch += 1;
        await shop.release('old', `1.0.${patch}`);
        await shop.release('other', `1.0.${patch}`);
        // The same update twice, and another package beside it.
        const beside = () => (patch === 1 ? shop.install('other') : shop.update('other'));
        await shop.cutOff(point, 'old', () => [shop.update('old'), shop.update('old'), beside()]);
        // Its order may have been lost with the process; asked again it is the same one, or is refused as done.
        await beside();
        await shop.tenant.settled();
        await shop.expectSound({ old: `1.0.${patch}`, other: `1.0.${patch}` });
      }
    },
    TIMEOUT_MS,
  );
});
