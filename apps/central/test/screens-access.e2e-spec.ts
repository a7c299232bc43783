import { AccountsService } from '#accounts';
import {
  anInstance,
  aPaidPackage,
  aPerson,
  aPublisher,
  asInstance,
  askBytes,
  askJson,
  asOperator,
  asPublisher,
  asShop,
  fixedClock,
  startTestHub,
  type Answer,
  type Person,
  type TestHub,
  type TestInstance,
} from '#test';

type Audience = 'anonymous' | 'shop' | 'instance' | 'publisher' | 'operator';
const AUDIENCES: readonly Audience[] = ['anonymous', 'shop', 'instance', 'publisher', 'operator'];

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly for: 'publisher' | 'operator';
  readonly status: number;
  /** The path in the API document where it differs. */
  readonly described?: string;
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/console/packages', for: 'operator', status: 200 },
  { method: 'GET', path: '/console/publishers', for: 'operator', status: 200 },
  { method: 'GET', path: '/console/instances', for: 'operator', status: 200 },
  { method: 'GET', path: '/console/audit', for: 'operator', status: 200 },
  { method: 'GET', path: '/console/jobs', for: 'operator', status: 200 },
  {
    method: 'POST',
    path: '/console/jobs/1/retry',
    for: 'operator',
    status: 404,
    described: '/console/jobs/{id}/retry',
  },
  { method: 'GET', path: '/console/keys', for: 'operator', status: 200 },
  { method: 'GET', path: '/console/health', for: 'operator', status: 200 },
  { method: 'GET', path: '/console/figures', for: 'operator', status: 200 },
  { method: 'GET', path: '/console/releases/alerts', for: 'operator', status: 200 },
  { method: 'GET', path: '/console/releases/dependency-advisories', for: 'operator', status: 200 },
  ...(['publisher', 'operator'] as const).flatMap((who) => {
    const base = who === 'publisher' ? '/publisher' : '/console';
    const release = (part: string) => ({
      path: `${base}/releases/rel_none/${part}`,
      described: `${base}/releases/{id}/${part}`,
    });
    return [
      { method: 'GET' as const, ...release('rollout'), for: who, status: 404 },
      { method: 'POST' as const, ...release('halt'), for: who, status: 400 },
      {
        method: 'GET' as const,
        path: `${base}/packages/@acme/none/deprecation`,
        described: `${base}/packages/{vendor}/{name}/deprecation`,
        for: who,
        status: 404,
      },
    ];
  }),
  { method: 'GET', path: '/console/extensions', for: 'operator', status: 200 },
  {
    method: 'GET',
    path: '/console/extensions/none/installations',
    for: 'operator',
    status: 404,
    described: '/console/extensions/{id}/installations',
  },
  { method: 'GET', path: '/publisher/packages', for: 'publisher', status: 200 },
  {
    method: 'GET',
    path: '/publisher/packages/@acme/none',
    for: 'publisher',
    status: 404,
    described: '/publisher/packages/{vendor}/{name}',
  },
  { method: 'GET', path: '/publisher/releases', for: 'publisher', status: 200 },
  {
    method: 'GET',
    path: '/publisher/releases/rel_none/checks',
    for: 'publisher',
    status: 404,
    described: '/publisher/releases/{id}/checks',
  },
  { method: 'GET', path: '/publisher/earnings/months', for: 'publisher', status: 200 },
];

const clock = fixedClock('2030-01-01T12:00:00Z');
let hub: TestHub;
let instance: TestInstance;
beforeAll(async () => {
  hub = await startTestHub({ clock });
  instance = await anInstance(hub.database);
  await aPaidPackage(hub.database);
});
afterAll(() => hub.close());

function headersOf(audience: Audience): Promise<Record<string, string>> {
  switch (audience) {
    case 'anonymous':
      return Promise.resolve({});
    case 'shop':
      return asShop(hub);
    case 'instance':
      return asInstance(hub, instance);
    case 'publisher':
      return aPublisher(hub.database).then(({ id }) => asPublisher(hub, id));
    case 'operator':
      return asOperator(hub);
  }
}

function expectProblem({ body, headers }: Answer): void {
  expect(headers['content-type']).toMatch(/json/);
  const text = body.toString();
  expect(JSON.parse(text)).toMatchObject({ type: expect.any(String), code: expect.any(String) });
  expect(text).not.toMatch(/select |syntax error|node_modules/i);
}

describe.each(ROUTES)('$method $path', (route) => {
  it.each(AUDIENCES)('lets %s do what it may', async (audience) => {
    const { status } = await askBytes(hub, route.path, await headersOf(audience), { method: route.method });
    expect(status).toBe(audience === route.for ? route.status : 401);
  });

  it('is described', async () => {
    const { paths } = (await askBytes(hub, '/openapi.json')).json() as {
      paths: Record<string, Record<string, { responses: object }>>;
    };
    const operation = paths[route.described ?? route.path]?.[route.method.toLowerCase()];
    expect(Object.keys(operation?.responses ?? {})[0]).toMatch(/^20\d$/);
  });
});

describe.each<[string, 'operator' | 'publisher', number[]]>([
  ['/console/packages?limit=0', 'operator', [400]],
  ['/console/packages?limit=101', 'operator', [400]],
  ['/console/packages?offset=-1', 'operator', [400]],
  ['/console/packages?offset=99999999999', 'operator', [400]],
  ['/console/packages?search=', 'operator', [400]],
  [`/console/packages?search=${'x'.repeat(101)}`, 'operator', [400]],
  ['/console/packages?search=a&search=b', 'operator', [400]],
  ['/console/packages?search=%00', 'operator', [400]],
  ['/console/packages?order=name', 'operator', [400]],
  ['/console/releases?marketplace_id=acme', 'operator', [400]],
  ['/console/releases?limit=101', 'operator', [400]],
  ['/console/releases/alerts?status=published', 'operator', [400]],
  ['/console/releases/dependency-advisories?search=%00', 'operator', [400]],
  ['/console/publishers?search[]=1', 'operator', [400]],
  ['/console/instances?limit=all', 'operator', [400]],
  ['/console/audit?from=yesterday', 'operator', [400]],
  ['/console/audit?to=2030-13-01T00:00:00Z', 'operator', [400]],
  ['/console/audit?actor=', 'operator', [400]],
  [`/console/audit?subject=${'x'.repeat(201)}`, 'operator', [400]],
  ['/console/jobs?state=lost', 'operator', [400]],
  ['/console/jobs?task=%27%3B--', 'operator', [400]],
  ['/console/figures?days=0', 'operator', [400]],
  ['/console/figures?days=366', 'operator', [400]],
  ['/console/figures?days=1.5', 'operator', [400]],
  ['/publisher/packages?search=%00', 'publisher', [400]],
  ['/publisher/packages?publisher=pub_other', 'publisher', [400]],
  ['/publisher/packages/@acme/..%2f..%2fetc', 'publisher', [404]],
  [`/publisher/packages/@acme/${encodeURIComponent(`' OR 1=1 --`)}`, 'publisher', [404]],
  ['/publisher/releases?status=lost', 'publisher', [400]],
  ['/publisher/releases?marketplace_id=acme', 'publisher', [400]],
  ['/publisher/releases/%ff/checks', 'publisher', [400, 404]],
])('GET %s', (path, audience, statuses) => {
  it('is refused as documented', async () => {
    const answer = await askBytes(hub, path, await headersOf(audience));
    expect(statuses).toContain(answer.status);
    expectProblem(answer);
  });
});

it.each(['0', '-1', 'x', '1e3', '99999999999999999999', '%27', '1%00'])(
  'refuses to try a job called %s again',
  async (id) => {
    const answer = await askBytes(hub, `/console/jobs/${id}/retry`, await headersOf('operator'), { method: 'POST' });
    expect([400, 404]).toContain(answer.status);
    expectProblem(answer);
  },
);

it.each(['%', '_', '\\', `' OR 1=1 --`, 'é'])('takes %s in a search for text', async (search) => {
  const path = `/console/packages?search=${encodeURIComponent(search)}`;
  const answer = await askBytes(hub, path, await headersOf('operator'));
  expect(answer.json()).toMatchObject({ items: [], count: 0 });
});

describe('an operator in a browser', () => {
  const email = 'op@hub.example';
  let operator: Person;
  let ada: Person;
  beforeAll(async () => {
    await hub.app.get(AccountsService, { strict: false }).createOperator(email, 'a long enough password', 'test');
    operator = await aPerson(hub, email);
    ada = await aPerson(hub, 'ada@nord.example');
  });

  it('reads the console with the cookie, and changes it with the token of the page too', async () => {
    expect((await operator.send('GET', '/account')).json()).toMatchObject({ operator: true });
    expect((await operator.send('GET', '/console/health')).status).toBe(200);
    expect((await operator.send('POST', '/console/publishable-keys', { name: 'shop' })).status).toBe(201);
    const count = async () => (await operator.send('GET', '/console/publishable-keys')).json().count as number;
    const before = await count();
    const forged = await askJson(hub, 'POST', '/console/publishable-keys', { cookie: operator.cookie }, { name: 'x' });
    expect(forged.status).toBe(401);
    expect(await count()).toBe(before);
  });

  it('is nobody after signing out', async () => {
    const other = await aPerson(hub, email);
    expect((await other.send('DELETE', '/account/session')).status).toBe(204);
    expect((await other.send('GET', '/console/health')).status).toBe(401);
  });

  it('is no one else who signed in', async () => {
    expect((await ada.send('GET', '/account')).json()).toMatchObject({ operator: false });
    for (const { path, method } of ROUTES.filter((route) => route.for === 'operator'))
      expect((await ada.send(method, path)).status).toBe(403);
  });
});

describe('a member in a browser', () => {
  it('sees the packages of no other publisher', async () => {
    const ada = await aPerson(hub, 'ada@nord.example');
    const made = await ada.send('POST', '/account/publishers', { name: 'Nord', agreement_version: '1' });
    const own = { 'x-publisher-id': made.json().id as string };
    const other = { 'x-publisher-id': (await aPublisher(hub.database)).id };
    expect((await ada.send('GET', '/publisher/packages', undefined, own)).json()).toMatchObject({
      items: [],
      count: 0,
    });
    expect((await ada.send('GET', '/publisher/packages', undefined, other)).status).toBe(403);
  });
});
