import { offerOf } from './license-offer.js';

const LICENSE = {
  order_id: 'ord_1',
  kind: 'one_time',
  revoked_at: null,
  seats: 1,
  bought_by: 'inst_1',
  activations: [],
  sold_as: 'one_time',
  price_minor: 4_900,
  currency: 'EUR',
  is_listed: true,
} as const;
const BY_SEAT = { ...LICENSE, kind: 'per_instance', sold_as: 'per_instance', seats: 3 } as const;
const RUNNING = { instance_id: 'inst_2', base_url: '', environment: 'production', activated_at: '' };

describe(offerOf.name, () => {
  it('renews what is sold once at its price, and sells no seats of it', () => {
    expect(offerOf(LICENSE)).toEqual({ renewal_minor: 4_900, seat_minor: null, currency: 'EUR' });
  });

  it('renews all seats at once, and sells more of them', () => {
    expect(offerOf(BY_SEAT)).toEqual({ renewal_minor: 14_700, seat_minor: 4_900, currency: 'EUR' });
  });

  it('takes a shop that uses it where it was bought for none', () => {
    expect(offerOf({ ...LICENSE, bought_by: null, activations: [RUNNING] })).not.toBeNull();
  });

  it.each([
    ['given away', { ...LICENSE, order_id: null }],
    ['taken back', { ...LICENSE, revoked_at: new Date() }],
    ['a subscription', { ...LICENSE, kind: 'subscription', sold_as: 'subscription' } as const],
    ['sold otherwise by now', { ...LICENSE, sold_as: 'subscription' } as const],
    ['of a package nobody can have', { ...LICENSE, is_listed: false }],
    ['of no shop', { ...LICENSE, bought_by: null }],
  ])('is none for what is %s', (_, license) => {
    expect(offerOf(license)).toBeNull();
  });
});
