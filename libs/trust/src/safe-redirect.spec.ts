import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { safeRedirect } from './index.js';

const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/redirects.json', import.meta.url), 'utf8'),
) as { allowed_origins: string[]; rows: { input: string; href: string | null }[] };
const ORIGINS = vector.allowed_origins;

it.each(vector.rows.map((row) => [row.input, row.href] as const))('makes of %j: %j', (input, href) =>
  expect(safeRedirect(input, ORIGINS)).toBe(href),
);

it('resolves paths against the base it is given, which must be allowed too', () => {
  expect(safeRedirect('/x', ORIGINS, 'http://localhost:4100/deep/page')).toBe('http://localhost:4100/x');
  expect(safeRedirect('/x', ORIGINS, 'https://evil.example')).toBeNull();
  expect(safeRedirect('/x', ORIGINS, 'https://user:pw@store.example')).toBeNull();
  expect(safeRedirect('/x', ORIGINS, 'no base')).toBeNull();
});

it('allows nothing when nothing is listed, and never another scheme', () => {
  expect(safeRedirect('/x', [])).toBeNull();
  expect(safeRedirect('ftp://store.example/x', ['ftp://store.example'])).toBeNull();
  expect(safeRedirect('null', ['null'])).toBeNull();
  expect(safeRedirect('/x', ['https://store.example/'])).toBe(null);
});

it('leads nowhere but to a listed origin, whatever is put together from the parts attackers use', () => {
  const parts = fc.constantFrom(
    '/',
    '//',
    '\\',
    'https:',
    'http:',
    'store.example',
    'evil.example',
    '@',
    ':',
    '.',
    '?',
    '#',
    '\t',
    '\r\n',
    '%2f',
    'javascript:',
    'https://store.example',
    'x',
    '\u3002',
    '\uff0f',
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 8 }).map((chosen) => chosen.join('')),
      (input) => {
        const href = safeRedirect(input, ORIGINS);
        if (href !== null) expect(ORIGINS).toContain(new URL(href).origin);
      },
    ),
    { numRuns: 5000 },
  );
});
