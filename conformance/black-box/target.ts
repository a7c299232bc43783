import { FederationProcess } from '../federation/federation-process.js';

/** What the suites are run against: addresses, and what a shop and its admin know. */
export interface Target {
  readonly hubUrl: string;
  readonly publishableKey: string;
  readonly tenantUrl: string;
  readonly admin: { readonly email: string; readonly password: string };
  stop(): Promise<void>;
}

/** The hub and shop the environment names (conformance/README.md); our own, started for the occasion, when it names none. */
export async function openTarget(env: NodeJS.ProcessEnv = process.env): Promise<Target> {
  const { CONFORMANCE_HUB_URL: hubUrl, CONFORMANCE_TENANT_URL: tenantUrl } = env;
  if (hubUrl !== undefined && tenantUrl !== undefined) {
    const {
      CONFORMANCE_PK: publishableKey = '',
      CONFORMANCE_ADMIN: email = '',
      CONFORMANCE_PASSWORD: password = '',
    } = env;
    return { hubUrl, tenantUrl, publishableKey, admin: { email, password }, stop: async () => undefined };
  }
  const federation = new FederationProcess();
  await federation.start();
  const { hub_url, tenant_url, publishable_key: publishableKey, tenant_admin: admin } = federation.demo;
  return { hubUrl: hub_url, tenantUrl: tenant_url, publishableKey, admin, stop: () => federation.remove() };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Of a JSON answer. */
  readonly body: Record<string, unknown>;
}

/** One request, without following redirects. */
export async function ask(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body = isJson && bytes.length > 0 ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, bytes, body };
}

/** Sends JSON. */
export async function send(
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return ask(url, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}

/** Every error says its type, a message for people and a code for programs (federation protocol, section 1). */
export function expectRefusal(reply: Reply, status: number, code?: string): void {
  const type = reply.body['type'];
  expect({ status: reply.status, type: typeof type, message: typeof reply.body['message'] }).toEqual({
    status,
    type: 'string',
    message: 'string',
  });
  if (code !== undefined) expect(reply.body['code']).toBe(code);
}
