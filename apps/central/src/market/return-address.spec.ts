import { isReturnAddress, withParameters } from './return-address.js';

const ORIGINS = ['https://server.example:2083', 'https://server.example:2087'];
const PAGE = 'https://server.example:2083/cpsess0123456789/frontend/jupiter/security/tls_wizard/';
const WIZARD = `${PAGE}#/purchase/Hansa/login`;

describe(isReturnAddress.name, () => {
  it.each([
    WIZARD,
    `${WIZARD}?order_id=7`,
    `${PAGE}?a=1&b=%20#/x`,
    'https://server.example:2087/cpsess1/x',
    `${PAGE}${'x'.repeat(900)}`,
  ])('allows %s', (address) => expect(isReturnAddress(address, ORIGINS)).toBe(true));

  it.each([
    '',
    '/cpsess1/x',
    '//server.example:2083/cpsess1/x',
    'http://server.example:2083/cpsess1/x',
    'https:server.example:2083/cpsess1/x',
    'https://server.example/cpsess1/x',
    'https://server.example:8443/cpsess1/x',
    'https://server.example:2083@evil.example/cpsess1/x',
    'https://user:pw@server.example:2083/cpsess1/x',
    'https://server.example:2083\\@evil.example/cpsess1/x',
    'https://server.example.:2083/cpsess1/x',
    'https://SERVER.example:2083/cpsess1/x',
    'https://server.example.evil.example:2083/cpsess1/x',
    'https://evil.example:2083/cpsess1/x',
    'https://\u0455erver.example:2083/cpsess1/x',
    'https://server.example:2083/cpsess/x',
    'https://server.example:2083/cpsess1',
    'https://server.example:2083/other/cpsess1/x',
    'https://server.example:2083/cpsess1/../../x',
    'https://server.example:2083/cpsess1/%2e%2e/%2e%2e/x',
    'javascript:alert(1)//cpsess1/',
    `${WIZARD}\r\nSet-Cookie: x=1`,
    ` ${WIZARD}`,
    `${WIZARD}\t`,
    `${PAGE} x`,
    `${PAGE}b\u00fccher`,
    `${PAGE}\u200b#/x`,
    `${PAGE}\u0000`,
    `${PAGE}${'x'.repeat(1_000)}`,
  ])('refuses %j', (address) => expect(isReturnAddress(address, ORIGINS)).toBe(false));

  it('allows nothing of a server without origins', () => expect(isReturnAddress(WIZARD, [])).toBe(false));
});

describe(withParameters.name, () => {
  it.each([
    [WIZARD, `${PAGE}?code=c%2F1#/purchase/Hansa/login`],
    [`${PAGE}?a=b%20c+d&e#/x?code=old`, `${PAGE}?a=b%20c+d&e&code=c%2F1#/x?code=old`],
    [`${PAGE}?code=old&a=1&%63ode=older#/x`, `${PAGE}?a=1&code=c%2F1#/x`],
    [`${PAGE}?#/x`, `${PAGE}?code=c%2F1#/x`],
    [PAGE, `${PAGE}?code=c%2F1`],
  ])('makes of %s: %s', (address, expected) => expect(withParameters(address, { code: 'c/1' })).toBe(expected));
});
