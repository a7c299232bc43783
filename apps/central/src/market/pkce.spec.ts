import { createHash } from 'node:crypto';
import { answersChallenge, isChallenge } from './pkce.js';

// RFC 7636, appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

it('knows the verifier of a challenge', () => {
  expect(isChallenge(CHALLENGE)).toBe(true);
  expect(answersChallenge(VERIFIER, CHALLENGE)).toBe(true);
});

it.each(['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(43)}é`, ''])(
  'takes %j for no verifier, even where the challenge was made of it',
  (verifier) => {
    expect(answersChallenge(verifier, createHash('sha256').update(verifier).digest('base64url'))).toBe(false);
  },
);

it.each([
  ['another verifier', 'x'.repeat(43)],
  ['the challenge itself, as `plain` would have it', CHALLENGE],
  ['nothing', ''],
  ['a shorter one', VERIFIER.slice(1)],
  ['one with a line break', `${VERIFIER}\n`],
  ['a longer one than the RFC allows', 'a'.repeat(129)],
])('refuses %s', (_name, verifier) => expect(answersChallenge(verifier, CHALLENGE)).toBe(false));

it.each(['', CHALLENGE.slice(1), `${CHALLENGE}=`, `${CHALLENGE}\n`, CHALLENGE.replace('-', '+')])(
  'takes %j for no challenge',
  (text) => expect(isChallenge(text)).toBe(false),
);
