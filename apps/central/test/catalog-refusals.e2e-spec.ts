import { PublishableKeys } from '#tokens';
import { askBytes, startTestHub, type AskOptions, type TestHub } from '#test';

const FEED = '/store/marketplace/feed';
const UPDATES = '/store/marketplace/updates';

let hub: TestHub;
let key: string;
beforeAll(async () => {
  hub = await startTestHub();
  ({ key } = await hub.app.get(PublishableKeys).issue('test', 'ops'));
});
afterAll(() => hub.close());

const ask = (path: string, headers: Record<string, string> = {}, options: AskOptions = {}) =>
  askBytes(hub, path, { 'x-publishable-api-key': key, ...headers }, options);

describe('the feed', () => {
  it.each([
    'type=nonsense',
    'page=0',
    'per_page=101',
    'limit=x',
    'sort=random',
    'unknown=1',
    'type=payment&type=payment',
    'platform_version=two',
    `search=${'a'.repeat(10_000)}`,
    'search=%00',
    "category=';DROP TABLE packages",
  ])('refuses ?%s', async (query) => {
    const answer = await ask(`${FEED}?${encodeURI(query).replaceAll('%2500', '%00')}`);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      type: 'invalid_data',
      code: 'VALIDATION_FAILED',
      details: expect.any(Array),
    });
  });
});

describe('a product page', () => {
  it.each(['@acme/unknown', '@ACME/x', 'plain', '%40acme%2Funknown', '..%2f..%2fetc', '@acme/x%20y'])(
    'is 404 for %s',
    async (id) => {
      const answer = await ask(`${FEED}/${id}`);
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ type: 'not_found', code: 'PACKAGE_NOT_FOUND' });
    },
  );
});

describe('updates', () => {
  const tooMany = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`@acme/p${i}`, '1.0.0']));
  it.each([
    ['no list', {}],
    ['a list', { versions: [] }],
    ['no SemVer', { versions: { '@acme/one': 'latest' } }],
    ['no marketplace id', { versions: { one: '1.0.0' } }],
    ['too many', { versions: tooMany }],
    ['an unknown field', { versions: {}, extra: 1 }],
    ['no platform', { versions: {}, platform_version: 'x' }],
    ['no channel', { versions: {}, channel: 'nightly' }],
  ])('refuses %s', async (_, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await ask(UPDATES, headers, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it.each([
    '',
    '?versions=',
    '?versions={',
    '?versions=[]',
    '?versions=%zz',
    '?versions={"@a/b":"1"}',
    '?versions={}&versions={}',
    '?x=1',
  ])('refuses the query %s', async (query) => expect((await ask(UPDATES + query)).status).toBe(400));
});
