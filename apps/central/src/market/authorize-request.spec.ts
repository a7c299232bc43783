import { parametersOf, readAuthorizeRequest } from './authorize-request.js';

const REQUEST = {
  clientId: 'mcl_1',
  redirectUri: 'https://server.example:2083/cpsess1/x?a=b#/c',
  challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
};
const good = () => new URLSearchParams(parametersOf(REQUEST));

it('reads what it wrote, whatever stands beside it', () => {
  const parameters = good();
  parameters.append('email', 'a@b.example');
  expect(readAuthorizeRequest(parameters)).toEqual(REQUEST);
});

it.each(Object.keys(parametersOf(REQUEST)))('refuses a request without %s, or with two', (name) => {
  const without = good();
  without.delete(name);
  const two = good();
  two.append(name, two.get(name)!);
  expect([readAuthorizeRequest(without), readAuthorizeRequest(two)]).toEqual([null, null]);
});

it.each([
  ['response_type', 'token'],
  ['code_challenge_method', 'plain'],
  ['code_challenge_method', 's256'],
  ['code_challenge', 'too-short'],
])('refuses %s=%s', (name, value) => {
  const parameters = good();
  parameters.set(name, value);
  expect(readAuthorizeRequest(parameters)).toBeNull();
});
