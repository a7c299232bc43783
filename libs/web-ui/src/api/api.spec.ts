import { cookieNamed, createApi, queryOf } from './client.js';
import { ApiProblem, ServerAway } from './problem.js';

const asked: { url: string; init: RequestInit }[] = [];
const answering = (status: number, body: string) =>
  createApi({
    csrfToken: () => 'token',
    fetch: async (url, init) => {
      asked.push({ url: url as string, init: init! });
      return new Response(status === 204 ? null : body, { status });
    },
  });
const headersSent = () => asked.at(-1)!.init.headers as Record<string, string>;

describe(createApi.name, () => {
  it('brings the page’s token with every change and with no read', async () => {
    const api = answering(200, '{}');
    for (const change of ['post', 'put', 'patch', 'delete'] as const) {
      await api[change]('/x');
      expect(headersSent()['x-xsrf-token']).toBe('token');
    }
    await api.get('/x');
    expect(headersSent()).not.toHaveProperty('x-xsrf-token');
  });

  it('turns a refusal into its code, message, fields and facts', async () => {
    const body = { type: 'conflict', code: 'TAKEN', message: 'Taken.', request_id: 'r1', license_id: 'lic_1' };
    const details = [{ path: 'name', message: 'is taken' }, 'nonsense'];
    const problem = await answering(409, JSON.stringify({ ...body, details }))
      .post('/x', { body: {} })
      .catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({
      status: 409,
      code: 'TAKEN',
      message: 'Taken.',
      requestId: 'r1',
      details: [details[0]],
      facts: { license_id: 'lic_1' },
    });
  });

  it.each(['', '<html>', '[]', '{"code":1}', 'null'])(
    'calls a refusal that is no envelope unexpected: %s',
    async (body) => {
      await expect(answering(502, body).get('/x')).rejects.toMatchObject({ status: 502, code: 'UNEXPECTED' });
    },
  );

  it('says that the server is away when nothing answers', async () => {
    const api = createApi({ csrfToken: () => undefined, fetch: () => Promise.reject(new TypeError('refused')) });
    await expect(api.get('/x')).rejects.toBeInstanceOf(ServerAway);
  });

  it('takes an answer without a body', async () => {
    await expect(answering(204, '').delete('/x')).resolves.toBeUndefined();
  });
});

describe(queryOf.name, () => {
  it('leaves out what is unset and encodes the rest', () => {
    expect(queryOf({ a: 1, b: undefined, c: '', d: null, e: 'ä &', f: false })).toBe('?a=1&e=%C3%A4+%26&f=false');
    expect(queryOf({})).toBe('');
  });
});

describe(cookieNamed.name, () => {
  it('finds exactly the cookie of that name', () => {
    expect(cookieNamed('B', 'AB=1; B=x=y; C=3')).toBe('x=y');
    expect(cookieNamed('D', 'AB=1; B=2')).toBeUndefined();
  });
});
