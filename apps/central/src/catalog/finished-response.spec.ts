import { answerFor, encodingFor, finish } from './finished-response.js';

describe('encodingFor', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.1, gzip;q=0.9', 'gzip'],
    ['BR', 'br'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['identity', 'identity'],
    ['gzip;q=nonsense', 'identity'],
    ['zstd, br ; q=1.0', 'br'],
  ])('of %j is %s', (header, encoding) => expect(encodingFor(header)).toBe(encoding));
});

describe('a finished response', () => {
  it('keeps short bodies as they are', async () => {
    const finished = await finish({ a: 1 }, 'no-cache');
    expect(answerFor(finished, { 'accept-encoding': 'br' }).headers).not.toContain('content-encoding');
  });

  it('has the tag of its content: the same again, another for another', async () => {
    const tagOf = async (value: object) => (await finish(value, 'no-cache')).representations.identity.etag;
    expect(await tagOf({ a: 1 })).toBe(await tagOf({ a: 1 }));
    expect(await tagOf({ a: 1 })).not.toBe(await tagOf({ a: 2 }));
  });

  it.each([['*'], ['W/TAG'], ['"x", TAG'], ['TAG']])('is 304 for If-None-Match %s', async (pattern) => {
    const finished = await finish({ a: 1 }, 'no-cache');
    const held = pattern.replace('TAG', finished.representations.identity.etag);
    expect(answerFor(finished, { 'if-none-match': held })).toMatchObject({ status: 304, body: undefined });
  });

  it('is not 304 for the tag of another encoding', async () => {
    const finished = await finish({ text: 'a'.repeat(5_000) }, 'no-cache');
    const { etag } = finished.representations.br!;
    expect(answerFor(finished, { 'if-none-match': etag }).status).toBe(200);
    expect(answerFor(finished, { 'if-none-match': etag, 'accept-encoding': 'br' }).status).toBe(304);
  });
});
