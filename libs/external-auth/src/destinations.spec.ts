import { readFileSync } from 'node:fs';
import { destinationOf, failureUrl, isForeignDestination, pickToken, readerExitOf } from './index.js';
import { issueExternalToken, signInUrl } from './issuer.js';

const STORE = 'https://store.example';
const vector = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/redirects.json', import.meta.url), 'utf8'),
) as { rows: { input: string; href: string | null }[] };
const rows = vector.rows.map(({ input, href }) => [input, href?.startsWith(STORE) ? href : null] as const);

describe('the destination', () => {
  it.each(rows)('%j leads to the store or to the default', (input, href) => {
    expect(destinationOf(input, STORE, '/portal')).toBe(href ?? `${STORE}/portal`);
    expect(isForeignDestination(input, STORE)).toBe(href === null);
  });

  it('is the default when none is asked for', () => {
    expect(destinationOf(null, STORE, '/portal?a=1')).toBe(`${STORE}/portal?a=1`);
    expect(isForeignDestination(null, STORE)).toBe(false);
    expect(destinationOf(null, STORE, 'https://evil.example/')).toBe(`${STORE}/`);
  });

  it('carries no token, however often it is there', () => {
    const input = `${STORE}/x?external-auth-token=a&y=1&external-auth-token=b`;
    expect(destinationOf(input, STORE, '/')).toBe(`${STORE}/x?y=1`);
  });

  it.each([
    '/auth/token',
    '/auth/token/',
    '/auth/token?x=1',
    '/%61uth/token',
    '/auth%2Ftoken',
    '//auth/token',
    '/auth//token',
    '/AUTH/token',
    '/a/../auth/token',
    '/%ff',
  ])('is never the sign-in page: %s', (input) =>
    expect(destinationOf(input, STORE, '/portal')).toBe(`${STORE}/portal`),
  );
});

it.each([
  ['https://lms.example/course/1', 'https://lms.example/course/1'],
  ['https://lms.example.evil.example/', null],
  ['https://lms.example@evil.example/', null],
  ['/course/1', null],
  ['javascript:alert(1)', null],
  [null, null],
])('leads readers back to %s: %s', (url, href) => expect(readerExitOf(url, ['https://lms.example'])).toBe(href));

it('leads readers nowhere when no origin is listed', () => {
  expect(readerExitOf('https://lms.example/', [])).toBeNull();
});

it('adds the reason to whatever query the failure address has', () => {
  expect(failureUrl('https://lms.example/login?a=b&error=old#top', 'token_expired')).toBe(
    'https://lms.example/login?a=b&error=token_expired#top',
  );
});

describe('the token of a request', () => {
  const none = { query: [], header: [], cookie: [] };
  const codeOf = (presented: Parameters<typeof pickToken>[0]) => {
    try {
      return pickToken(presented);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  it.each([
    ['the query', { ...none, query: ['t'] }, 't'],
    ['the header', { ...none, header: ['t'] }, 't'],
    ['the cookie', { ...none, cookie: ['t'] }, 't'],
    ['all three, the same', { query: ['t'], header: ['t'], cookie: ['t'] }, 't'],
    ['nowhere', none, 'token_missing'],
    ['an empty query', { ...none, query: [''] }, 'token_missing'],
    ['query and header, different', { ...none, query: ['t'], header: ['u'] }, 'ambiguous_token'],
    ['header and cookie, different', { ...none, header: ['t'], cookie: ['u'] }, 'ambiguous_token'],
    ['two cookies, different', { ...none, cookie: ['t', 'u'] }, 'ambiguous_token'],
    ['the query twice', { ...none, query: ['t', 't'] }, 'ambiguous_token'],
    ['4,096 characters', { ...none, query: ['t'.repeat(4_096)] }, 't'.repeat(4_096)],
    ['4,097 characters', { ...none, query: ['t'.repeat(4_097)] }, 'token_malformed'],
  ])('from %s', (_, presented, answer) => expect(codeOf(presented)).toBe(answer));
});

describe('the issuer helper', () => {
  it('refuses a key too short to be safe', () => {
    expect(() => issueExternalToken({ issuer: 'i', key: 'short', user: { uuid: 'u' } })).toThrow('32 bytes');
  });

  it('makes the address to redirect to', () => {
    expect(signInUrl('https://store.example/shop?x=1', 'a.b.c')).toBe(
      'https://store.example/auth/token?external-auth-token=a.b.c',
    );
  });
});
