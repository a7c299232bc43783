import { type lookup } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProofLook } from './proof-look.js';

const FILE = { relativePath: '.well-known/pki-validation', filename: 'A.txt', content: 'proof\nhub.example\n' };
/** An address of no network there is, and not a private one. */
const NOWHERE = '4000::1';

describe(ProofLook.name, () => {
  let server: Server;
  let port: number;
  let seen: string[];
  let answer: { status: number; body?: string; location?: string; isEndless?: boolean };

  beforeEach(async () => {
    seen = [];
    answer = { status: 200, body: FILE.content };
    server = createServer(({ url, headers }, response) => {
      seen.push(`${headers.host ?? ''}${url ?? ''} ${headers['user-agent'] ?? ''}`);
      const { status, body, location, isEndless } = answer;
      response.writeHead(status, location === undefined ? {} : { location });
      if (!isEndless) return void response.end(body);
      const more = setInterval(() => response.write('x'.repeat(1_024)), 5);
      response.on('close', () => clearInterval(more));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });

  const lookHere = async (timeoutMs = 5_000) => {
    const look = new ProofLook({ testHosts: new Map([['shop.example', `127.0.0.1:${port}`]]), timeoutMs });
    const problem = await look.problemWith('shop.example', FILE);
    await look.close();
    return problem;
  };
  /** Looks for a name that DNS answers as told, each time the next of the list. */
  const lookWithDns = async (...addresses: string[]) => {
    const asked: string[] = [];
    const dns = ((name: string, _: object, callback: (error: null, found: object[]) => void) => {
      asked.push(name);
      const address = addresses[Math.min(asked.length, addresses.length) - 1]!;
      callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
    }) as unknown as typeof lookup;
    const look = new ProofLook({ testHosts: new Map(), lookup: dns, timeoutMs: 300 });
    const problems = [];
    while (asked.length < addresses.length) problems.push(await look.problemWith(`shop.example:${port}`, FILE));
    await look.close();
    return { problems, asked };
  };

  it('finds the file under the name’s own site', async () => {
    await expect(lookHere()).resolves.toBeNull();
    expect(seen).toEqual([`shop.example:${port}/.well-known/pki-validation/A.txt Hansa DCV`]);
  });

  it.each([
    ['another content', { status: 200, body: 'other' }, 'CONTENT_WRONG'],
    ['the content and more', { status: 200, body: `${FILE.content}<html>` }, 'CONTENT_WRONG'],
    ['the content in a page of errors', { status: 404, body: FILE.content }, 'NOT_FOUND'],
    ['an error', { status: 500 }, 'NOT_FOUND'],
    ['a long page', { status: 200, body: 'x'.repeat(1_000_000) }, 'CONTENT_WRONG'],
    ['a page that never ends', { status: 200, isEndless: true }, 'CONTENT_WRONG'],
  ])('takes %s for no proof', async (_, given, problem) => {
    answer = given;
    await expect(lookHere()).resolves.toBe(problem);
  });

  it('follows no redirect, not even to the file', async () => {
    const elsewhere = `http://127.0.0.1:${port}/elsewhere`;
    answer = { status: 302, location: elsewhere };
    await expect(lookHere()).resolves.toBe('REDIRECTED');
    expect(seen).toHaveLength(1);
  });

  it('gives up on a site that takes its time', async () => {
    server.removeAllListeners('request');
    await expect(lookHere(200)).resolves.toBe('TOO_SLOW');
  });

  it.each(['127.0.0.1', '10.0.0.5', '169.254.169.254', '::1', 'fd00::1', '::ffff:127.0.0.1'])(
    'asks nothing of a name that leads to %s',
    async (address) => {
      await expect(lookWithDns(address)).resolves.toMatchObject({ problems: ['ADDRESS_PRIVATE'] });
      expect(seen).toEqual([]);
    },
  );

  it('asks the address it checked: a name that changes its mind between check and call leads nowhere', async () => {
    const { problems, asked } = await lookWithDns(NOWHERE, '127.0.0.1', '127.0.0.1');
    expect(problems.map((problem) => problem !== null)).toEqual([true, true, true]);
    expect(problems.slice(1)).toEqual(['ADDRESS_PRIVATE', 'ADDRESS_PRIVATE']);
    // One question a look: what is checked and what is called cannot differ.
    expect(asked).toHaveLength(3);
    expect(seen).toEqual([]);
  });

  it('lets loopback be asked for names it was told of, and for no other', async () => {
    const look = new ProofLook({ testHosts: new Map([['shop.example', `127.0.0.1:${port}`]]) });
    await expect(look.problemWith(`127.0.0.1:${port}`, FILE)).resolves.toBe('ADDRESS_PRIVATE');
    await expect(look.problemWith(`localhost:${port}`, FILE)).resolves.toBe('ADDRESS_PRIVATE');
    await look.close();
    expect(seen).toEqual([]);
  });
});
