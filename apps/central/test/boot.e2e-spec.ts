import { startTestHub, type TestHub } from '#test';

describe('a hub that has just started', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.close());

  it('is healthy and ready', async () => {
    expect(await (await fetch(`${hub.url}/health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${hub.url}/ready`)).json()).toEqual({ status: 'ready' });
  });

  it('publishes its public keys and no private member', async () => {
    const { keys } = (await (await fetch(`${hub.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(Object.keys(key)).not.toContain('d');
  });

  it('describes its API from the classes that validate', async () => {
    const document = (await (await fetch(`${hub.url}/openapi.json`)).json()) as {
      openapi: string;
      components: { schemas: object };
    };
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.schemas).toHaveProperty('SignInRequest.properties.email.format', 'email');
  });

  it('answers an unknown address with the documented envelope', async () => {
    const response = await fetch(`${hub.url}/nothing/here`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      type: 'not_found',
      code: 'ROUTE_NOT_FOUND',
      request_id: expect.any(String),
    });
  });
});
