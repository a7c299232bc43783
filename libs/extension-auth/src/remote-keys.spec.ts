import { generateKeyPairSync } from 'node:crypto';
import { RemoteKeys, type FetchKeys, type RemoteKeysOptions } from './index.js';

const jwkOf = (changes: object = {}) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  use: 'sig',
  alg: 'ES256',
  ...changes,
});
const A = jwkOf({ kid: 'a' });
const B = jwkOf({ kid: 'b' });

/** An endpoint that answers with `keys`, or fails; counts what it is asked. */
function endpoint(keys: object[] = [A]) {
  const state = { keys, down: false, fetches: 0, time: 0, body: undefined as string | undefined, status: 200 };
  const answer: FetchKeys = async (_url, init) => {
    state.fetches += 1;
    expect(init.redirect).toBe('error');
    await new Promise((done) => setImmediate(done));
    if (state.down) throw new TypeError('fetch failed');
    return new Response(state.body ?? JSON.stringify({ keys: state.keys }), { status: state.status });
  };
  const url = 'https://market.example/.well-known/jwks.json';
  const options: RemoteKeysOptions = { url, algorithm: 'ES256', typ: 'ext+jwt', fetch: answer, now: () => state.time };
  return { state, keys: new RemoteKeys(options), options };
}
const MINUTE = 60_000;

it('fetches once for requests that come together, and not again while the keys are fresh', async () => {
  const { state, keys } = endpoint();
  const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('a')));
  expect(found.every((key) => key !== undefined)).toBe(true);
  state.time = 10 * MINUTE - 1;
  expect(keys.fresh('a')).toBeDefined();
  expect(state.fetches).toBe(1);
});

it('learns a new key at the first request that needs it, and forgets one that was removed', async () => {
  const { state, keys } = endpoint();
  await keys.find('a');
  state.keys = [B];
  state.time = 30_000;
  expect(await keys.find('b')).toBeDefined();
  expect(keys.fresh('a')).toBeUndefined();
});

it('fetches at most once in 30 seconds under a flood of unknown keys', async () => {
  const { state, keys } = endpoint();
  await keys.find('a');
  for (let second = 0; second < 300; second += 1) {
    state.time = second * 1_000;
    await Promise.all(Array.from({ length: 20 }, (_, i) => keys.find(`unknown ${second} ${i}`)));
  }
  expect(state.fetches).toBeLessThanOrEqual(10);
  expect(state.fetches).toBeGreaterThan(1);
});

it('fetches at most once in 30 seconds while the endpoint is down from the start', async () => {
  const { state, keys } = endpoint();
  state.down = true;
  for (let second = 0; second < 60; second += 1) {
    state.time = second * 1_000;
    await expect(keys.find('a')).rejects.toMatchObject({ code: 'keys_unavailable', status: 503 });
  }
  expect(state.fetches).toBe(2);
});

it('goes by known keys, and only those, for five minutes after they should have been fetched again', async () => {
  const { state, keys } = endpoint();
  await keys.find('a');
  state.down = true;
  state.time = 10 * MINUTE;
  expect(keys.fresh('a')).toBeUndefined();
  expect(await keys.find('a')).toBeDefined();
  await expect(keys.find('b')).rejects.toMatchObject({ code: 'keys_unavailable' });
  state.time = 15 * MINUTE - 1;
  expect(await keys.find('a')).toBeDefined();
  state.time = 15 * MINUTE;
  await expect(keys.find('a')).rejects.toMatchObject({ code: 'keys_unavailable' });
  state.down = false;
  state.time = 16 * MINUTE;
  expect(await keys.find('a')).toBeDefined();
});

it.each([
  ['an error status', { status: 500 }],
  ['no JSON', { body: '<html>' }],
  ['no key list', { body: '{"keys":{}}' }],
  ['keys named twice', { body: '{"keys":[],"keys":[]}' }],
  ['more than 64 KiB', { body: JSON.stringify({ keys: [A], more: 'x'.repeat(65_536) }) }],
])('does not take %s for a key set', async (_, change) => {
  const { state, keys } = endpoint();
  Object.assign(state, change);
  await expect(keys.find('a')).rejects.toMatchObject({ code: 'keys_unavailable' });
});

it.each([
  ['no use', { use: undefined }],
  ['encryption as its use', { use: 'enc' }],
  ['another algorithm', { alg: 'ES384' }],
  ['another kind of token', { typ: 'license+jwt' }],
  ['a private half', { d: A.x }],
  ['another curve', { crv: 'P-384' }],
  ['a point that is none', { x: 'AAAA' }],
  ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
  ['a number as kid', { kid: 1 }],
])('leaves out a key with %s and keeps the others', async (_, change) => {
  const { keys } = endpoint([{ ...A, ...change }, B, null as unknown as object]);
  expect(await keys.find('a')).toBeUndefined();
  expect(keys.fresh('b')).toBeDefined();
});

it('leaves out both keys of one name', async () => {
  const { keys } = endpoint([A, { ...B, kid: 'a' }, B]);
  expect(await keys.find('a')).toBeUndefined();
  expect(keys.fresh('b')).toBeDefined();
});

it('takes RSA keys of 2048 bits and more when that is the algorithm', async () => {
  const rsa = (bits: number, kid: string) => ({
    ...generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }),
    use: 'sig',
    kid,
  });
  const { options } = endpoint([rsa(1_024, 'short'), rsa(2_048, 'long'), A]);
  const keys = new RemoteKeys({ ...options, algorithm: 'RS256' });
  expect(await keys.find('short')).toBeUndefined();
  expect(keys.fresh('long')).toBeDefined();
  expect(keys.fresh('a')).toBeUndefined();
});

it.each([
  'http://market.example/jwks',
  'ftp://market.example/jwks',
  'https://user@market.example/jwks',
  'http://localhost.evil.example/',
])('does not fetch keys from %s', (url) =>
  expect(() => new RemoteKeys({ ...endpoint().options, url })).toThrow('https'),
);
it.each(['http://localhost:4000/jwks', 'http://127.0.0.1:4000/jwks', 'https://market.example/jwks'])(
  'may fetch keys from %s',
  (url) => expect(new RemoteKeys({ ...endpoint().options, url })).toBeDefined(),
);
