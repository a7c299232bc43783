import { aPublisher, fixedClock, useHubDatabase } from '#test';
import { findRate, PublisherRates } from './publisher-rates.js';

describe(PublisherRates.name, () => {
  const database = useHubDatabase();
  const clock = fixedClock('2030-01-10T00:00:00Z');
  const rates = () => new PublisherRates(database.dataSource, clock);
  const at = (day: number) => new Date(Date.UTC(2030, 0, day));
  const rateOn = (publisherId: string, day: number) => findRate(database.dataSource.manager, publisherId, at(day));

  it('keeps the history: every day has the rate that was agreed for it', async () => {
    const { id } = await aPublisher(database);
    await rates().set(id, { commissionPercent: 8, validFrom: null }, 'ops');
    await rates().set(id, { commissionPercent: 5, validFrom: at(20) }, 'ops');
    expect(await Promise.all([9, 10, 19, 20, 30].map((day) => rateOn(id, day)))).toEqual([null, 8, 8, 5, 5]);
  });

  it.each([
    ['the past', 8, at(9)],
    ['a fraction', 8.5, at(11)],
    ['a negative rate', -1, at(11)],
    ['more than all', 101, at(11)],
    ['no number', NaN, at(11)],
    ['no time', 8, new Date(NaN)],
  ])('refuses %s', async (_, commissionPercent, validFrom) => {
    const { id } = await aPublisher(database);
    const asked = rates().set(id, { commissionPercent, validFrom }, 'ops');
    await expect(asked).rejects.toMatchObject({ code: 'RATE_REFUSED' });
  });

  it('refuses a publisher that does not exist', async () => {
    const asked = rates().set('pub_none', { commissionPercent: 8, validFrom: null }, 'ops');
    await expect(asked).rejects.toMatchObject({ code: 'PUBLISHER_UNKNOWN' });
  });
});
