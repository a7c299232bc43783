import type { ConfigField } from '@hansa/contracts';
import { effectiveConfig, readConfig } from './plugin-config.js';

const field = (more: Partial<ConfigField>): ConfigField => ({ type: 'string', label: 'A field', ...more });

describe(readConfig, () => {
  it.each<[string, Partial<ConfigField>, unknown, string | null]>([
    ['a text', {}, 'x', null],
    ['a number for a text', {}, 5, 'must be a text'],
    ['an endless text', {}, 'x'.repeat(10_001), 'must be a text'],
    ['nothing for a required field', { required: true }, undefined, 'is required'],
    ['an empty text for a required field', { required: true }, '', 'is required'],
    ['nothing where there is a default', { required: true, default: 'x' }, undefined, null],
    ['a text of the form', { pattern: '[a-z]+' }, 'abc', null],
    ['a text that only starts with the form', { pattern: '[a-z]+' }, 'abc1', 'does not have the form'],
    ['a number within limits', { type: 'number', min: 1, max: 5 }, 5, null],
    ['a number below', { type: 'number', min: 1 }, 0.9, 'must not be below 1'],
    ['a number above', { type: 'number', max: 5 }, 6, 'must not be above 5'],
    ['a text for a number', { type: 'number' }, '5', 'must be a number'],
    ['a boolean', { type: 'boolean' }, false, null],
    ['a text for a boolean', { type: 'boolean' }, 'true', 'must be true or false'],
    ['an option', { type: 'select', options: ['a'] }, 'a', null],
    ['no option', { type: 'select', options: ['a'] }, 'b', 'must be one of'],
  ])('judges %s', (_, schema, value, message) => {
    const verdict = readConfig({ key: field(schema) }, value === undefined ? {} : { key: value }, {});
    if (message === null) expect(verdict.ok).toBe(true);
    else
      expect(verdict).toMatchObject({
        ok: false,
        findings: [{ path: 'config.key', message: expect.stringContaining(message) }],
      });
  });

  it('keeps a secret that is left out, replaces one that is given, removes one that is null', () => {
    const schema = { key: field({ secret: true }) };
    const kept = { key: 'old' };
    expect(readConfig(schema, {}, kept)).toMatchObject({ secrets: { key: 'old' }, plain: {} });
    expect(readConfig(schema, { key: 'new' }, kept)).toMatchObject({ secrets: { key: 'new' } });
    expect(readConfig(schema, { key: null }, kept)).toMatchObject({ secrets: {} });
  });

  it('refuses settings the plugin does not have', () => {
    expect(readConfig({}, { constructor: 1 }, {})).toMatchObject({
      ok: false,
      findings: [{ path: 'config.constructor' }],
    });
  });
});

describe(effectiveConfig, () => {
  it('puts settings over defaults', () => {
    const schema = { a: field({ default: 'd' }), b: field({ default: 'd' }) };
    expect(effectiveConfig(schema, { a: 'mine' }, { c: 'secret' })).toEqual({ a: 'mine', b: 'd', c: 'secret' });
  });
});
