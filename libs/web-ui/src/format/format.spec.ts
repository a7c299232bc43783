import { daysUntil, formatBytes, formatDateTime, formatMoney, formatRelative } from './format.js';

const NOW = new Date('2030-01-10T12:00:00Z');
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('formats', () => {
  it.each([
    [4_900, 'EUR', 'en', '€49.00'],
    [4_990, 'EUR', 'de', '49,90 €'],
    [1, 'EUR', 'fr', '0,01 €'],
    [500, 'JPY', 'en', '¥500'],
    [-250, 'USD', 'en', '-$2.50'],
  ])('writes %i minor units of %s in %s', (minor, currency, language, text) => {
    expect(plain(formatMoney(minor, currency, language))).toBe(text);
  });

  it.each([
    ['2030-01-10T11:59:30Z', 'now'],
    ['2030-01-10T11:55:00Z', '5 minutes ago'],
    ['2030-01-10T15:00:00Z', 'in 3 hours'],
    ['2030-01-09T11:00:00Z', 'yesterday'],
    ['2029-12-20T12:00:00Z', '3 weeks ago'],
    ['2030-04-10T11:59:00Z', 'in 3 months'],
    ['2028-01-01T12:00:00Z', '2 years ago'],
    ['nonsense', 'nonsense'],
  ])('says %s as %s', (at, text) => {
    expect(formatRelative(at, NOW, 'en')).toBe(text);
  });

  it('counts days that have begun', () => {
    expect(daysUntil('2030-01-10T13:00:00Z', NOW)).toBe(1);
    expect(daysUntil('2030-01-17T12:00:00Z', NOW)).toBe(7);
    expect(daysUntil('2030-01-08T11:00:00Z', NOW)).toBe(-2);
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_234, '1.2 kB'],
    [5_600_000, '5.6 MB'],
  ])('writes %i bytes as %s', (bytes, text) => {
    expect(plain(formatBytes(bytes, 'en'))).toBe(text);
  });

  it('shows a moment it cannot read as it is', () => {
    expect(formatDateTime('soon', 'en')).toBe('soon');
  });
});
