import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corsPolicy } from './index.js';

const PAGE = 'https://app.vendor.example';
const cors = corsPolicy({ origins: [PAGE, 'https://second.example'] });
const ask = (method: string, origin?: string, requestedMethod?: string) => cors({ method, origin, requestedMethod });

it('lets exactly the listed page read, with credentials', () => {
  expect(ask('GET', PAGE)).toEqual({
    headers: { vary: 'Origin', 'access-control-allow-origin': PAGE, 'access-control-allow-credentials': 'true' },
  });
});

it('answers its preflight', () => {
  expect(ask('OPTIONS', PAGE, 'POST')).toEqual({
    end: 204,
    headers: {
      vary: 'Origin',
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Content-Type, MP-Authorization, Authorization',
      'access-control-max-age': '600',
    },
  });
});

it.each([
  'null',
  `${PAGE}.evil.example`,
  `${PAGE}:8443`,
  `${PAGE}/`,
  'https://evil.example',
  'http://app.vendor.example',
  'https://APP.vendor.example',
  'https://xapp.vendor.example',
  '*',
])('gives %s nothing: no header, and no change', (origin) => {
  expect(ask('GET', origin)).toEqual({ headers: { vary: 'Origin' } });
  expect(ask('OPTIONS', origin, 'GET')).toEqual({ headers: { vary: 'Origin' }, end: 403 });
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(ask(method, origin)).toMatchObject({ end: 403 });
});

it('leaves programs that are no browsers to their token', () => {
  expect(ask('POST')).toEqual({ headers: { vary: 'Origin' } });
  expect(ask('OPTIONS', PAGE)).not.toHaveProperty('end');
});

it.each([
  '*',
  'null',
  'https://app.vendor.example/',
  'https://*.vendor.example/',
  'app.vendor.example',
  '/^https/',
  'https://App.vendor.example',
])('cannot be made with %s for an origin', (origin) =>
  expect(() => corsPolicy({ origins: [origin] })).toThrow(TypeError),
);

it('tells scripts which headers they may read', () => {
  const exposing = corsPolicy({ origins: [PAGE], exposedHeaders: ['x-total'] });
  const { headers } = exposing({ method: 'GET', origin: PAGE, requestedMethod: undefined });
  expect(headers).toMatchObject({ 'access-control-expose-headers': 'x-total' });
});

it('is the only CORS in the house: nothing enables the frameworks’ own, which reflect any origin when told to', () => {
  const root = new URL('../../..', import.meta.url).pathname;
  const sources = ['apps', 'libs', 'examples'].flatMap((folder) => listSources(join(root, folder)));
  expect(sources.length).toBeGreaterThan(100);
  const reflecting = /\benableCors\(|@fastify\/cors|from 'cors'|cors: (true|\{)/;
  expect(sources.filter((path) => reflecting.test(readFileSync(path, 'utf8')))).toEqual([]);
});

function listSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'out'].includes(entry.name) ? [] : listSources(path);
    return /(?<!\.spec)\.[jt]s$/.test(entry.name) ? [path] : [];
  });
}
