import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readExternalToken, verifyExternalToken, type ExternalIssuer } from './index.js';
import { issueExternalToken } from './issuer.js';

const NOW = new Date('2030-01-01T00:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const KEY = { kid: 'current', secret: '0123456789abcdef0123456789abcdef' };
const PREVIOUS = { kid: 'previous', secret: 'fedcba9876543210fedcba9876543210' };
const ISSUER: ExternalIssuer = { issuer: 'platform-name', keys: [KEY, PREVIOUS], maxLifeSeconds: 300 };
const CLAIMS = {
  iss: 'platform-name',
  aud: 'farfalla',
  sub: 'user',
  jti: '550e8400-e29b-41d4-a716-446655440000',
  exp: SECONDS + 60,
  user: { uuid: 'user-123', email: 'user@example.com' },
};
const VECTOR =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJwbGF0Zm9ybS1uYW1lIiwiYXVkIjoiZmFyZmFsbGEiLCJzdWIiOiJ1c2VyIiwianRpIjoiNTUwZTg0MDAtZTI5Yi00MWQ0LWE3MTYtNDQ2NjU1NDQwMDAwIiwiZXhwIjoxNjk5OTk5OTYwLCJ1c2VyIjp7InV1aWQiOiJ1c2VyLTEyMyIsImVtYWlsIjoidXNlckBleGFtcGxlLmNvbSJ9LCJpbnRlbmRlZF91cmwiOiJodHRwczovL3N0b3JlLmV4YW1wbGUvcmVhZGVyL215LWVib29rIn0.57SeAx_eWw6J8u47k_bGyvTyWVDTrLXYydSZZL771ME';

const encode = (part: unknown) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A token of raw parts: `header` and `claims` may be JSON text of any shape. */
function forge(
  claims: unknown,
  {
    header = { alg: 'HS256', typ: 'JWT' },
    secret = KEY.secret,
    hash = 'sha256',
  }: { header?: unknown; secret?: string; hash?: string } = {},
) {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}
const verify = (token: string, issuer = ISSUER, now = NOW) =>
  verifyExternalToken(readExternalToken(token), issuer, now);
const codeOf = (token: string, issuer?: ExternalIssuer, now?: Date) => {
  try {
    verify(token, issuer, now);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a token of the issuer', () => {
  it('says who signs in', () => {
    const user = {
      uuid: 'user-123',
      email: 'User@Example.com',
      picture_url: 'https://img.example/a.png',
      accept_terms_and_policies: true,
    };
    expect(
      verify(forge({ ...CLAIMS, user, intended_url: '/reader', reader_exit_url: 'https://lms.example/' })),
    ).toEqual({
      issuer: 'platform-name',
      tokenId: CLAIMS.jti,
      expiresAt: new Date(CLAIMS.exp * 1_000),
      user: {
        uuid: 'user-123',
        email: 'user@example.com',
        pictureUrl: 'https://img.example/a.png',
        acceptsTerms: true,
      },
      intendedUrl: '/reader',
      readerExitUrl: 'https://lms.example/',
    });
  });

  it('needs no e-mail, and takes 32 hex digits for an id', () => {
    const claims = verify(forge({ ...CLAIMS, jti: 'a'.repeat(32), user: { uuid: '1234' } }));
    expect(claims.user).toEqual({ uuid: '1234', email: null, pictureUrl: null, acceptsTerms: false });
  });

  it('is read like the published vector, in its time', () => {
    const then = new Date(1_699_999_900_000);
    expect(verify(VECTOR, ISSUER, then).user.uuid).toBe('user-123');
    expect(codeOf(VECTOR)).toBe('token_expired');
  });

  it('may be signed with either key of a rotation, and with a named one only by its name', () => {
    expect(codeOf(forge(CLAIMS, { secret: PREVIOUS.secret }))).toBe('accepted');
    const named = { alg: 'HS256', typ: 'JWT', kid: 'previous' };
    expect(codeOf(forge(CLAIMS, { header: named, secret: PREVIOUS.secret }))).toBe('accepted');
    expect(codeOf(forge(CLAIMS, { header: named }))).toBe('signature_mismatch');
  });

  it('is what the issuer helper makes', () => {
    const token = issueExternalToken({ issuer: 'platform-name', key: KEY.secret, user: { uuid: 'u' } }, NOW);
    expect(verify(token).expiresAt).toEqual(new Date((SECONDS + 60) * 1_000));
  });
});

describe('a forged header', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = createPublicKey(pair.privateKey).export({ type: 'spki', format: 'pem' }).toString();
  const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${encode(CLAIMS)}.`;
  const rs256 = () => {
    const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(CLAIMS)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), pair.privateKey).toString('base64url')}`;
  };

  it.each([
    ['no algorithm and no signature', unsigned, 'token_malformed'],
    ['no algorithm and some signature', forge(CLAIMS, { header: { alg: 'none' } }), 'algorithm_not_allowed'],
    ['NONE in other letters', forge(CLAIMS, { header: { alg: 'nOnE' } }), 'algorithm_not_allowed'],
    ['hs256 in other letters', forge(CLAIMS, { header: { alg: 'hs256' } }), 'algorithm_not_allowed'],
    ['HS384', forge(CLAIMS, { header: { alg: 'HS384' }, hash: 'sha384' }), 'algorithm_not_allowed'],
    ['HS512', forge(CLAIMS, { header: { alg: 'HS512' }, hash: 'sha512' }), 'algorithm_not_allowed'],
    ['HS512 that says HS256', forge(CLAIMS, { hash: 'sha512' }), 'signature_mismatch'],
    ['RS256', rs256(), 'algorithm_not_allowed'],
    ['a public key used as the secret', forge(CLAIMS, { secret: pem }), 'signature_mismatch'],
    ['a list of algorithms', forge(CLAIMS, { header: { alg: ['HS256'] } }), 'algorithm_not_allowed'],
    ['no header object', forge(CLAIMS, { header: '"HS256"' }), 'token_malformed'],
    ['alg named twice', forge(CLAIMS, { header: '{"alg":"none","alg":"HS256"}' }), 'token_malformed'],
    ['crit', forge(CLAIMS, { header: { alg: 'HS256', crit: ['exp'] } }), 'header_not_allowed'],
    ['an unencoded payload', forge(CLAIMS, { header: { alg: 'HS256', b64: false } }), 'header_not_allowed'],
    ['the type of a secure token', forge(CLAIMS, { header: { alg: 'HS256', typ: 'ext+jwt' } }), 'header_not_allowed'],
    [
      'a path as kid',
      forge(CLAIMS, { header: { alg: 'HS256', kid: '../../../../dev/null' }, secret: '' }),
      'key_unknown',
    ],
    ['SQL as kid', forge(CLAIMS, { header: { alg: 'HS256', kid: "x' UNION SELECT 'k" }, secret: 'k' }), 'key_unknown'],
    ['a number as kid', forge(CLAIMS, { header: { alg: 'HS256', kid: 1 } }), 'key_unknown'],
    ['the name of a built-in as kid', forge(CLAIMS, { header: { alg: 'HS256', kid: '__proto__' } }), 'key_unknown'],
    ['an empty key', forge(CLAIMS, { secret: '' }), 'signature_mismatch'],
  ])('%s', (_, token, code) => expect(codeOf(token)).toBe(code));

  it.each(['jku', 'x5u', 'jwk', 'x5c'])('with %s changes nothing: the key is the one configured', (member) => {
    const header = { alg: 'HS256', [member]: 'https://evil.example/keys' };
    expect(codeOf(forge(CLAIMS, { header }))).toBe('accepted');
    expect(codeOf(forge(CLAIMS, { header, secret: 'e'.repeat(32) }))).toBe('signature_mismatch');
  });
});

describe('a token that is none', () => {
  const good = forge(CLAIMS);
  const [header, payload, signature] = good.split('.') as [string, string, string];
  it.each([
    ['two parts', `${header}.${payload}`],
    ['four parts', `${good}.x`],
    ['an empty part', `.${payload}.${signature}`],
    ['padding', `${header}=.${payload}.${signature}`],
    ['another alphabet', `${header}.${payload}.${'+'.repeat(43)}`],
    ['not UTF-8', `${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${signature}`],
    ['a list', forge([])],
    ['iss named twice', forge(`{"iss":"other","iss":"platform-name"}`)],
    ['a claim named twice further down', forge(`{"iss":"platform-name","user":{"uuid":"a","uuid":"b"}}`)],
    ['deep nesting', forge(`{"iss":"platform-name","a":${'['.repeat(20)}${']'.repeat(20)}}`)],
  ])('%s', (_, token) => expect(codeOf(token)).toBe('token_malformed'));

  it('with one letter of the signature changed', () => {
    const other = signature.startsWith('A') ? 'B' : 'A';
    expect(codeOf(`${header}.${payload}.${other}${signature.slice(1)}`)).toBe('signature_mismatch');
  });

  it('with a short signature', () => {
    expect(codeOf(`${header}.${payload}.${signature.slice(0, 40)}`)).toBe('signature_mismatch');
  });
});

describe('claims', () => {
  it.each([
    ['another issuer', { iss: 'other' }, 'issuer_unknown'],
    ['an issuer that is no text', { iss: 1 }, 'issuer_unknown'],
    ['another audience', { aud: 'store' }, 'audience_mismatch'],
    ['a list of audiences', { aud: ['farfalla'] }, 'audience_mismatch'],
    ['no audience', { aud: undefined }, 'audience_mismatch'],
    ['another subject', { sub: 'usuario' }, 'subject_mismatch'],
    ['no exp', { exp: undefined }, 'claim_malformed'],
    ['exp as text', { exp: String(SECONDS + 60) }, 'claim_malformed'],
    ['a fraction as exp', { exp: SECONDS + 60.5 }, 'claim_malformed'],
    ['a huge exp', { exp: 1e300 }, 'claim_malformed'],
    ['a negative exp', { exp: -1 }, 'claim_malformed'],
    ['null as exp', { exp: null }, 'claim_malformed'],
    ['nbf as text', { nbf: '0' }, 'claim_malformed'],
    ['nbf within the leeway', { nbf: SECONDS + 30 }, 'accepted'],
    ['nbf beyond it', { nbf: SECONDS + 31 }, 'token_not_yet_valid'],
    ['iat within the leeway', { iat: SECONDS + 30 }, 'accepted'],
    ['iat beyond it', { iat: SECONDS + 31 }, 'token_not_yet_valid'],
    ['no jti', { jti: undefined }, 'claim_malformed'],
    ['a short jti', { jti: '1234567' }, 'claim_malformed'],
    ['a long jti', { jti: 'a'.repeat(129) }, 'claim_malformed'],
    ['a number as jti', { jti: 12345678 }, 'claim_malformed'],
    ['NUL in jti', { jti: 'aaaaaaa\u0000a' }, 'claim_malformed'],
    ['no user', { user: undefined }, 'claim_malformed'],
    ['a list as user', { user: ['u'] }, 'claim_malformed'],
    ['no uuid', { user: {} }, 'claim_malformed'],
    ['a number as uuid', { user: { uuid: 1 } }, 'claim_malformed'],
    ['an empty uuid', { user: { uuid: '' } }, 'claim_malformed'],
    ['a long uuid', { user: { uuid: 'a'.repeat(192) } }, 'claim_malformed'],
    ['a line break in uuid', { user: { uuid: 'a\nb' } }, 'claim_malformed'],
    ['half a character in uuid', { user: { uuid: 'a\ud800' } }, 'claim_malformed'],
    ['an e-mail that is none', { user: { uuid: 'u', email: 'a@b@c' } }, 'claim_malformed'],
    ['an e-mail that is no text', { user: { uuid: 'u', email: { $ne: '' } } }, 'claim_malformed'],
  ])('%s', (_, changed, code) => expect(codeOf(forge({ ...CLAIMS, ...changed }))).toBe(code));

  it('tells "1" from 1 and from " 1"', () => {
    expect(verify(forge({ ...CLAIMS, user: { uuid: '1' } })).user.uuid).toBe('1');
    expect(verify(forge({ ...CLAIMS, user: { uuid: ' 1' } })).user.uuid).toBe(' 1');
  });

  it.each([
    [0, 'accepted'],
    [30, 'accepted'],
    [31, 'token_expired'],
  ])('%i seconds after exp', (late, code) => {
    const now = new Date((CLAIMS.exp + late) * 1_000);
    expect(codeOf(forge(CLAIMS), ISSUER, now)).toBe(code);
  });

  it.each([
    [300, 330, 'accepted'],
    [300, 331, 'token_lifetime_too_long'],
    [9_999_999, 3_630, 'accepted'],
    [9_999_999, 3_631, 'token_lifetime_too_long'],
  ])('under a maximum of %i s, one that lives for %i s', (maxLifeSeconds, life, code) => {
    expect(codeOf(forge({ ...CLAIMS, exp: SECONDS + life }), { ...ISSUER, maxLifeSeconds })).toBe(code);
  });

  it.each(['javascript:alert(1)', 'http://img.example/a.png', 'https://u:p@img.example/a.png', '/a.png', 7])(
    'leave out the picture %s',
    (picture_url) => expect(verify(forge({ ...CLAIMS, user: { uuid: 'u', picture_url } })).user.pictureUrl).toBeNull(),
  );
});

describe('keys', () => {
  it('too short are not used, even to check', () => {
    const weak = { ...ISSUER, keys: [{ kid: 'weak', secret: '0123456789abcdef' }] };
    expect(codeOf(forge(CLAIMS, { secret: '0123456789abcdef' }), weak)).toBe('key_unknown');
  });

  it('of another issuer do not sign for this one', () => {
    expect(codeOf(forge(CLAIMS), { ...ISSUER, keys: [{ kid: 'current', secret: 'x'.repeat(32) }] })).toBe(
      'signature_mismatch',
    );
  });

  it('do not make up for the name of another issuer', () => {
    expect(codeOf(forge(CLAIMS), { ...ISSUER, issuer: 'second-platform' })).toBe('issuer_unknown');
  });
});
