import { createServer, type AddressInfo, type Server } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { aRelease, eventually, FakeHub, MortalTenant } from '#test';

/** Calls whom it is told to, by the platform's own `fetch`. */
const CALLER = `
export function register({ medusa }) {
  medusa.routes.get('/call', async ({ query }) => {
    try { return { json: { status: (await fetch(query.url, { method: 'POST', body: 'what the plugin knows' })).status } }; }
    catch (error) { return { json: { refused: error.cause?.code ?? error.message } }; }
  });
}
export async function install() { await fetch(FAR + '/installed', { method: 'POST' }); }`;
/** What must never be on its way to anybody, whatever it is called (federation.md §7). */
const FORBIDDEN = /customer|order|product|cart|stock|sale|mail|passw|address/i;

/** Somebody out there, who counts what arrives. */
class FarEnd {
  connections = 0;
  bytes = 0;
  private readonly server: Server = createServer((socket) => {
    this.connections += 1;
    socket.on('data', ({ length }) => {
      this.bytes += length;
      socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n');
    });
    socket.on('error', () => undefined);
  });

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  stop(): void {
    this.server.close();
  }
}

describe('the ways out of a shop', () => {
  let hub: FakeHub;
  let declared: FarEnd;
  let other: FarEnd;
  let tenant: MortalTenant;
  beforeEach(async () => {
    [hub, declared, other] = await Promise.all([new FakeHub().start(), new FarEnd().start(), new FarEnd().start()]);
    tenant = await MortalTenant.start(hub, [declared.host, other.host]);
  });
  afterEach(async () => {
    await tenant.stop();
    await hub.stop();
    for (const end of [declared, other]) end.stop();
  });

  const release = async (version: string) => {
    const manifest = {
      permissions: { net: [declared.host, 'shop.invalid'], storage: true },
      config_schema: { note: { type: 'string', label: 'Note' } },
    };
    const code = CALLER.replace('FAR', `'http://${declared.host}'`);
    hub.releases.push(await aRelease({ version, manifest, code }));
  };
  const admin = async (method: string, path: string, body?: object) => {
    const reply = await tenant.admin(method, path, body);
    expect([path, reply.status < 300]).toEqual([path, true]);
    return reply;
  };
  const call = async (url: string) =>
    (await admin('GET', `/plugins/hello/call?url=${encodeURIComponent(url)}`)).body as object;

  /** Everything an admin can have done with a plugin, and what a plugin can try. */
  const wholeLife = async () => {
    await release('1.0.0');
    await admin('GET', '/admin/marketplace/feed?search=hello');
    await admin('POST', '/admin/plugins/install', { marketplace_id: '@acme/hello' });
    await tenant.settled();
    expect(await call(`http://${declared.host}/`)).toEqual({ status: 204 });
    expect(await call(`http://${other.host}/`)).toEqual({ refused: 'EACCES' });
    expect(await call('http://shop.invalid/')).toHaveProperty('refused');
    await admin('PUT', '/admin/plugins/hello/config', { config: { note: 'customers: none of your business' } });
    expect(await call(`http://${declared.host}/`)).toEqual({ status: 204 });
    await release('1.1.0');
    await admin('GET', '/admin/plugins/check-updates');
    await admin('POST', '/admin/plugins/hello/update', {});
    await tenant.settled();
    await admin('POST', '/admin/plugins/hello/rollback', {});
    await tenant.settled();
    await admin('POST', '/admin/plugins/hello/disable');
    await admin('POST', '/admin/plugins/hello/enable');
    await admin('DELETE', '/admin/plugins/hello?data=drop');
  };

  interface Row {
    readonly method: string;
    readonly host: string;
    readonly path: string;
    readonly fields: readonly string[];
    readonly bytes: number;
    readonly durationMs: number | null;
  }
  /** The ledger, when every connection in it has ended. */
  const ledger = () =>
    eventually('every connection ends', async () => {
      const rows = (await tenant.query(
        'SELECT method, host, path, fields, bytes, duration_ms AS "durationMs" FROM egress_entries ORDER BY id',
      )) as unknown as Row[];
      return rows.every(({ method, durationMs }) => method !== 'CONNECT' || durationMs !== null) && rows;
    });

  it('all lead through the ledger, in the whole life of a plugin', async () => {
    await wholeLife();
    const rows = await ledger();
    const of = (method: string) => rows.filter((row) => row.method === method);
    const connected = (host: string) => tenant.waysOut.filter(({ kind, to }) => kind === 'connection' && to === host);

    // The hub: row by row what arrived there. The shop goes on asking for events meanwhile, so the two are compared until they agree.
    const hubHost = new URL(hub.url).host;
    const agrees = async () => {
      const told = (await ledger())
        .filter(({ host }) => host === hubHost)
        .map(lineOf)
        .sort();
      return isDeepStrictEqual(told, hub.asked.map(lineOf).sort());
    };
    await eventually('the ledger says what the hub was asked', agrees);

    // The plugin: each connection, and every byte.
    const calls = of('CONNECT');
    expect(calls.map(({ host }) => host)).toEqual(calls.map(() => declared.host));
    expect([calls.length, connected(declared.host).length]).toEqual([declared.connections, declared.connections]);
    expect(calls.length).toBeGreaterThanOrEqual(3);
    expect(calls.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(declared.bytes);
    expect(of('LOOKUP').map(({ host }) => host)).toEqual(
      tenant.waysOut.filter(({ kind }) => kind === 'lookup').map(({ to }) => to),
    );
    expect(of('LOOKUP').length).toBeGreaterThan(0);

    // And nothing else: no other address, no datagram, no program that could go out by itself.
    const known = [hubHost, declared.host, new URL(tenant.database.url).host];
    const strange = tenant.waysOut.filter(({ kind, to }) => {
      if (kind === 'lookup') return to !== 'shop.invalid';
      return kind === 'program' ? ![process.execPath, '/bin/sh'].includes(to) : !known.includes(to);
    });
    expect(strange).toEqual([]);
    expect(other.connections).toBe(0);
  });

  it('carry nothing of customers, orders or products', async () => {
    await wholeLife();
    const named = [...new Set((await ledger()).flatMap(({ fields }) => fields))];
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => FORBIDDEN.test(name))).toEqual([]);
    const arrived = hub.asked.map(({ query, headers, body }) => ({ query: Object.fromEntries(query), headers, body }));
    expect(namesIn(arrived).filter((name) => FORBIDDEN.test(name))).toEqual([]);
    expect(JSON.stringify(arrived)).not.toContain('none of your business');
  });
});

function lineOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path}`;
}

/** Names of members at any depth. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}
