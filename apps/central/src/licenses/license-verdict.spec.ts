import { refusalFor, statusOf, type LicenseQuestion, type LicenseStanding } from './license-verdict.js';

const NOW = new Date('2030-01-01T00:00:00Z');
const BEFORE = new Date('2029-12-31T23:59:59Z');
const AFTER = new Date('2030-01-01T00:00:01Z');

const license: LicenseStanding = {
  kind: 'one_time',
  packageId: 'ccmp_a',
  seats: 1,
  expiresAt: null,
  suspendedAt: null,
  revokedAt: null,
};
const question: LicenseQuestion = {
  packageId: 'ccmp_a',
  instance: { id: 'inst_asker', environment: 'production' },
  seatsUsed: 0,
  holdsSeat: false,
  copiesUsed: 0,
  holdsCopy: false,
  copies: 2,
};

describe(refusalFor.name, () => {
  it.each<[string, Partial<LicenseStanding> | null, Partial<LicenseQuestion>, string | null]>([
    ['a key nobody has', null, {}, 'NOT_FOUND'],
    ['a license in order', {}, {}, null],
    [
      'a revoked one, whatever else is wrong',
      { revokedAt: BEFORE, suspendedAt: BEFORE, expiresAt: BEFORE, packageId: 'ccmp_b' },
      { instance: null, seatsUsed: 1 },
      'REVOKED',
    ],
    [
      'a suspended one before an expired one',
      { suspendedAt: BEFORE, expiresAt: BEFORE, packageId: 'ccmp_b' },
      { instance: null },
      'SUSPENDED',
    ],
    [
      'an expired one before another product',
      { expiresAt: BEFORE, packageId: 'ccmp_b' },
      { instance: null },
      'EXPIRED',
    ],
    ['the very moment of expiry', { expiresAt: NOW }, {}, 'EXPIRED'],
    ['the second before expiry', { expiresAt: AFTER }, {}, null],
    ['another product before an unknown instance', { packageId: 'ccmp_b' }, { instance: null }, 'PRODUCT_MISMATCH'],
    ['a product the hub does not have', {}, { packageId: null }, 'PRODUCT_MISMATCH'],
    [
      'an instance that is not registered, before full seats',
      {},
      { instance: null, seatsUsed: 1 },
      'INSTANCE_MISMATCH',
    ],
    ['more instances than were paid for', { kind: 'per_instance', seats: 2 }, { seatsUsed: 2 }, 'SEATS_EXHAUSTED'],
    ['as many instances as were paid for', { kind: 'per_instance', seats: 2 }, { seatsUsed: 1 }, null],
    ['the last seat taken by another', {}, { seatsUsed: 1 }, 'SEATS_EXHAUSTED'],
    ['the last seat taken by the asker', {}, { seatsUsed: 1, holdsSeat: true }, null],
    ['a free seat among taken ones', { seats: 3 }, { seatsUsed: 2 }, null],
    [
      'staging while every seat is taken',
      {},
      { instance: { id: 'inst_s', environment: 'staging' }, seatsUsed: 1 },
      null,
    ],
    [
      'development while every seat is taken',
      {},
      { instance: { id: 'inst_d', environment: 'development' }, seatsUsed: 1 },
      null,
    ],
    [
      'staging when as many copies run as may',
      {},
      { instance: { id: 'inst_s', environment: 'staging' }, copiesUsed: 2 },
      'SEATS_EXHAUSTED',
    ],
    [
      'the copy that is one of them',
      {},
      { instance: { id: 'inst_s', environment: 'staging' }, copiesUsed: 2, holdsCopy: true },
      null,
    ],
    ['production, which is no copy', {}, { copiesUsed: 2 }, null],
  ])('answers for %s', (_name, standing, asked, reason) => {
    expect(refusalFor(standing && { ...license, ...standing }, { ...question, ...asked }, NOW)).toBe(reason);
  });
});

describe(statusOf.name, () => {
  it.each<[Partial<LicenseStanding>, string]>([
    [{}, 'active'],
    [{ expiresAt: BEFORE }, 'expired'],
    [{ expiresAt: BEFORE, suspendedAt: BEFORE }, 'suspended'],
    [{ suspendedAt: BEFORE, revokedAt: BEFORE }, 'revoked'],
  ])('of %j is %s', (standing, status) => {
    expect(statusOf({ ...license, ...standing }, NOW)).toBe(status);
  });
});
