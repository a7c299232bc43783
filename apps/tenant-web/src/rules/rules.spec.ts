import type { Config } from '../model.js';
import { readPluginPageSearch } from '../places.js';
import { compatibilityOf } from './compatibility.js';
import { startValues, valuesToSend } from './config-values.js';
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
