import { mayBeSignedIn, xsrfCookieOf } from './cookies.js';

it.each([
  ['/portal/api/licenses/lic_1/move', 'XSRF-TOKEN'],
  ['/account/session', 'XSRF-ACCOUNT'],
  ['/console/releases/rel_1/approve', 'XSRF-ACCOUNT'],
  ['/publisher/keys', 'XSRF-ACCOUNT'],
])('a change at %s sends %s back', (path, cookie) => expect(xsrfCookieOf(path)).toBe(cookie));

it.each([
  ['', false],
  ['XSRF-ACCOUNT=', false],
  ['XSRF-ACCOUNT=abc', true],
  ['a=b; XSRF-ACCOUNT=abc', true],
  ['XSRF-TOKEN=abc', false],
  ['NOT-XSRF-ACCOUNT=abc', false],
])('with the cookies %j an account may be signed in: %s', (cookies, expected) =>
  expect(mayBeSignedIn('account', cookies)).toBe(expected),
);
