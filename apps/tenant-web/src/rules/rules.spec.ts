import type { Config } from '../model.js';
import { readPluginPageSearch, readPluginTab, readPurchaseSearch } from '../places.js';
import { compatibilityOf } from './compatibility.js';
import { flawOf, startValues, valuesToSend } from './config-values.js';
import { coverageOf, termsOf } from './license-terms.js';
import { mayInstall } from './ownership.js';
import { readPins, writePins } from './pins.js';

describe(compatibilityOf.name, () => {
  it.each([
    ['2.0.0', '1.0.0', undefined, 'compatible'],
    ['2.0.0', '2.0.0', '2.0.0', 'compatible'],
    ['1.9.9', '2.0.0', null, 'tooOld'],
    ['2.10.0', '1.0.0', '2.9.0', 'tooNew'],
    ['2.0.0-beta.1', '2.0.0', null, 'tooOld'],
  ])('says of a shop %s and a release from %s to %s: %s', (shop, min, max, verdict) => {
    expect(compatibilityOf(shop, { carphacom_min_version: min, carphacom_max_version: max })).toBe(verdict);
  });
});

describe('the form of the settings', () => {
  const config: Config = {
    config_schema: {
      name: { type: 'string', label: 'Name', default: 'Ada' },
      on: { type: 'boolean', label: 'On' },
      rate: { type: 'number', label: 'Rate' },
      key: { type: 'string', label: 'Key', secret: true },
      old: { type: 'string', label: 'Old', secret: true },
    },
    config: { rate: 3 },
    secrets_set: ['key', 'old'],
  };

  it('starts with what is set or usual, and never with a secret', () => {
    expect(startValues(config)).toEqual({ name: 'Ada', on: false, rate: 3, key: '', old: '' });
  });

  it('leaves out what is empty, keeps secrets that are not typed, and removes those that are to go', () => {
    const values = { name: '', on: true, rate: 0, key: '', old: '' };
    expect(valuesToSend(config.config_schema, values, ['old'])).toEqual({ on: true, rate: 0, old: null });
    expect(valuesToSend(config.config_schema, { ...values, key: 'new' }, [])).toEqual({
      on: true,
      rate: 0,
      key: 'new',
    });
  });
});

describe('pins', () => {
  it('are one a line, there and back', () => {
    const text = '@acme/hello 1.x\n@acme/other >=1.2.0 <1.4.0';
    expect(writePins(readPins(`\n ${text} \n`) ?? [])).toBe(text);
  });

  it.each(['hello 1.x', '@acme/hello', '@acme/hello 1.x\nnonsense'])('are not read from %j', (text) => {
    expect(readPins(text)).toBeNull();
  });
});

describe(readPluginPageSearch, () => {
  it.each(['/plugins/hello/', '/plugins/hello/invoices/R-1?page=2&q=a%20b', '/plugins/a/./b'])(
    'leads to %s',
    (path) => {
      expect(readPluginPageSearch({ path })).toEqual({ path });
    },
  );

  it.each([
    '//evil.example/plugins/a',
    '/\\evil.example',
    'https://evil.example/plugins/a',
    'javascript:alert(1)',
    '/plugins/a\\b',
    '/plugins/a\n',
    '/pluginsx/a',
    '/admin/settings',
    ['/plugins/a/'],
    undefined,
  ])('leads nowhere for %p', (path) => {
    expect(readPluginPageSearch({ path })).toEqual({});
  });
});

describe(flawOf, () => {
  const number = { type: 'number', label: 'n', min: 1, max: 5 } as const;
  it.each([
    ['an empty text that is needed', { type: 'string', label: 't', required: true }, '', 'missing'],
    ['an empty text that is not', { type: 'string', label: 't' }, '', null],
    ['a text where a number belongs', number, 'many', 'notANumber'],
    ['less than the least', number, 0, 'tooSmall'],
    ['more than the most', number, 6, 'tooLarge'],
    ['the most', number, 5, null],
    ['a text of another form', { type: 'string', label: 't', pattern: '[a-z]+' }, 'A', 'badForm'],
  ] as const)('names %s', (_, field, value, flaw) => {
    expect(flawOf(field, value)).toBe(flaw);
  });
});

describe(mayInstall, () => {
  const owned = (state: 'active' | 'grace' | 'stopped') => ({ license_id: 'lic', state });
  it.each([
    [0, null, true],
    [9, null, false],
    [9, owned('active'), true],
    [9, owned('grace'), true],
    [9, owned('stopped'), false],
  ])('of what costs %d and this shop holds as %j is %p', (price, held, may) => {
    expect(mayInstall({ price_eur: price, owned: held })).toBe(may);
  });
});

describe('what addresses say', () => {
  it('of a payment that was given up is believed, anything else is not', () => {
    expect(readPurchaseSearch({ order_status: 'cancelled' })).toEqual({ order_status: 'cancelled' });
    expect(readPurchaseSearch({ order_status: 'success', x: 1 })).toEqual({});
  });

  it('of the parts of a plugin is one of them, or the first', () => {
    expect(readPluginTab({ tab: 'versions' })).toEqual({ tab: 'versions' });
    expect(readPluginTab({ tab: 'nonsense' })).toEqual({});
  });
});

describe(termsOf, () => {
  const until = '2030-02-01T00:00:00Z';
  const held = { state: 'active', until, expires_at: null, reason: null } as const;
  it.each([
    ['for ever', { ...held, until: null }, 'runs'],
    ['while it is confirmed', held, 'runsWhileConfirmed'],
    ['to the end of what was paid', { ...held, expires_at: until }, 'runsToEnd'],
    [
      'to its confirmation, before what was paid ends',
      { ...held, expires_at: '2030-03-01T00:00:00Z' },
      'runsWhileConfirmed',
    ],
    ['for now, after silence', { ...held, state: 'grace' }, 'goesOn'],
    ['for now, after a no', { ...held, state: 'grace', reason: 'EXPIRED' }, 'goesOnAfterNo'],
    ['no more, after a no', { ...held, state: 'stopped', reason: 'REVOKED' }, 'stops'],
    ['no more, after silence', { ...held, state: 'stopped' }, 'lapsed'],
  ] as const)('of a plugin that runs %s', (_, license, terms) => {
    expect(termsOf(license)).toBe(terms);
  });
});

describe(coverageOf, () => {
  it.each([
    ['2030-01-01T00:00:00Z', 'updatesUntil'],
    ['2030-01-01T00:00:01Z', 'updatesEnded'],
  ])('at %s is %s', (now, coverage) => {
    expect(coverageOf('2030-01-01T00:00:00Z', new Date(now))).toBe(coverage);
  });
});
