import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fieldNames } from './field-names.js';

describe(fieldNames, () => {
  it('names what is sent and shows no value, nor the keys of a map', () => {
    const body = JSON.stringify({ license_key: 'CC-SECRET', versions: { '@secret/plugin': '1.0.0' } });
    const headers = new Headers({ 'x-license-key': 'CC-SECRET', accept: 'application/json' });
    const names = fieldNames(new URL('https://hub.example/a?search=secret&page=2'), headers, body);
    expect(names).toEqual(['query.search', 'query.page', 'header.x-license-key', 'body.license_key', 'body.versions']);
  });

  it.each([
    ['text', ['body']],
    ['5', ['body']],
    ['[1]', ['body.0']],
  ])('names a body that is %s', (body, names) => {
    expect(fieldNames(new URL('https://hub.example/'), new Headers(), body)).toEqual(names);
  });
});

describe('the only way out', () => {
  const root = join(new URL('.', import.meta.url).pathname, '..');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts') && !name.startsWith('egress/'))
    .map((name) => join(root, name));
  /** Whatever opens a connection: modules that do, globals that do, and the shared kit's caller of strangers. */
  const OPENERS = [
    /from '(node:)?(http|https|http2|net|tls|dgram|dns)(\/\w+)?'/,
    /from '(undici|pg)'/,
    /import\('/,
    /(?<![.\w])fetch\(/,
    /globalThis\.fetch(?!;|\)|,)/,
    /new (WebSocket|EventSource)\b/,
    /\bOutbound\b/,
  ];

  it.each(OPENERS.map((opener) => [opener]))('is egress: nothing else has %s', (opener) => {
    expect(sources.length).toBeGreaterThan(50);
    const found = sources
      .filter((file) => opener.test(withoutTypes(readFileSync(file, 'utf8'))))
      .map((file) => relative(root, file));
    expect(found).toEqual([]);
  });

  /** `fetchPackage(fetch: typeof globalThis.fetch, …)` is handed one; it does not have one. */
  function withoutTypes(source: string): string {
    return source
      .replace(/fetch: typeof globalThis\.fetch/g, '')
      .replace(/await fetch\(url, \{ redirect/g, '')
      .replace(/\bfetch\(job\b|async fetch\(/g, '');
  }
});
