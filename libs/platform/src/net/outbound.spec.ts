import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPrivateAddress, Outbound, OutboundRefused } from './outbound.js';

const GET = { method: 'GET', timeoutMs: 2_000, maxBytes: 10 };

describe(isPrivateAddress.name, () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'no address',
  ])('takes %s for private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['1.1.1.1', '172.32.0.1', '192.169.0.1', '2606:4700::1', '::ffff:1.1.1.1'])(
    'takes %s for public',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});

describe(Outbound.name, () => {
  let server: Server;
  let origin: string;
  let hits = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      hits += 1;
      if (request.url === '/redirect') response.writeHead(302, { location: '/' }).end();
      else response.end('0123456789abcdef');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    hits = 0;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
    'never connects to %s when private addresses are refused',
    async (host) => {
      const outbound = new Outbound({ allowPrivate: false });
      const { port } = new URL(origin);
      await expect(outbound.request(`http://${host}:${port}/`, GET)).rejects.toThrow();
      expect(hits).toBe(0);
      await outbound.close();
    },
  );

  it('refuses addresses that are not web addresses', async () => {
    const outbound = new Outbound({ allowPrivate: true });
    await expect(outbound.request('file:///etc/passwd', GET)).rejects.toThrow(OutboundRefused);
    await outbound.close();
  });

  it('reads no more of an answer than asked for', async () => {
    const outbound = new Outbound({ allowPrivate: true });
    expect((await outbound.request(origin, GET)).body.toString()).toBe('0123456789');
    await outbound.close();
  });

  it('hands a redirect back instead of following it', async () => {
    const outbound = new Outbound({ allowPrivate: true });
    expect((await outbound.request(`${origin}/redirect`, GET)).status).toBe(302);
    expect(hits).toBe(1);
    await outbound.close();
  });
});
