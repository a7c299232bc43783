import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as x509 from '@peculiar/x509';
import { calculateJwkThumbprint, flattenedVerify, importJWK, type FlattenedJWSInput, type JWK } from 'jose';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGN = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 24 * 3_600_000;
const PROBLEM = 'urn:ietf:params:acme:error:';

interface Challenge {
  status: 'pending' | 'processing' | 'valid' | 'invalid';
  readonly token: string;
}
interface Authorization {
  readonly name: string;
  readonly challenge: Challenge;
}
interface Order {
  status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';
  readonly account: string;
  readonly names: readonly string[];
  readonly authorizations: readonly string[];
  csr?: Buffer;
  /** Questions that are answered `processing` before it is issued. */
  wait: number;
}
interface Answer {
  readonly status: number;
  readonly body?: object | string;
  readonly headers?: Record<string, string>;
}

/** A refusal as ACME writes it (RFC 8555 §6.7). */
class Problem extends Error {
  constructor(
    readonly type: string,
    readonly status = 400,
  ) {
    super(type);
  }
}

/**
 * An ACME CA (RFC 8555) on loopback that does what it is told, bad days included. Written from the RFC: every POST is a JWS over
 * its own URL with a nonce that counts once, an account's key signs what its orders ask, HTTP-01 is really looked at.
 */
export class FakeAcme {
  /** So many requests with a good nonce are refused as `badNonce` first. */
  badNonces = 0;
  /** Questions after finalization that are answered `processing`. */
  slowness = 0;
  /** New orders for these names are refused with this problem. */
  readonly refusals = new Map<string, string>();
  /** Validation fails, whatever is at the name. */
  failsValidation = false;
  /** Every request is answered 503. */
  isDown = false;
  /** Signs for another key than was asked for. */
  signsForAnotherKey = false;
  /** Signs for the first name alone. */
  leavesNamesOut = false;
  /** Makes the token of a challenge; files are named after it. */
  makeToken: () => string = newId;
  /** Told of every request before it is answered, by its path. */
  onRequest: (path: string) => void | Promise<void> = () => undefined;
  /** What was asked of it: path and status. */
  readonly log: string[] = [];
  /** Serial numbers of certificates that were revoked. */
  readonly revoked = new Set<string>();
  /** Orders that were opened. */
  get orderCount(): number {
    return this.orders.size;
  }

  /** Knows nothing of the orders that were opened before. */
  forgetOrders(): void {
    this.orders.clear();
  }

  private readonly nonces = new Set<string>();
  private readonly accounts = new Map<string, JWK>();
  private readonly orders = new Map<string, Order>();
  private readonly authorizations = new Map<string, Authorization>();
  private readonly certificates = new Map<string, string>();
  private ca!: { keys: webcrypto.CryptoKeyPair; certificate: x509.X509Certificate };
  private server!: Server;
  private origin = '';

  /** @param sites where a name's site is, `host:port` */
  constructor(private readonly sites: ReadonlyMap<string, string>) {}

  get directoryUrl(): string {
    return `${this.origin}/directory`;
  }

  async start(): Promise<this> {
    const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Test ACME CA',
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + 3_650 * DAY_MS),
      signingAlgorithm: SIGN,
      keys,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    });
    this.ca = { keys, certificate };
    this.server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    await this.onRequest(path);
    const answer = await this.answer(request, path).catch((error: unknown): Answer => {
      const { type, status } = error instanceof Problem ? error : new Problem('serverInternal', 500);
      const body = { type: `${PROBLEM}${type}`, detail: `refused: ${type}` };
      return { status, body, headers: { 'content-type': 'application/problem+json' } };
    });
    this.log.push(`${path} ${answer.status}`);
    const nonce = randomBytes(16).toString('base64url');
    this.nonces.add(nonce);
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    const type = typeof answer.body === 'string' ? 'application/pem-certificate-chain' : 'application/json';
    response.writeHead(answer.status, { 'replay-nonce': nonce, 'content-type': type, ...answer.headers }).end(text);
  }

  private async answer(request: IncomingMessage, path: string): Promise<Answer> {
    if (this.isDown) return { status: 503 };
    if (path === '/directory') return { status: 200, body: this.directory() };
    if (path === '/new-nonce') return { status: 200 };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { account, payload } = await this.read(Buffer.concat(chunks), path);
    const [, kind, id = ''] = path.split('/');
    switch (kind) {
      case 'new-account':
        return { status: 201, body: { status: 'valid' }, headers: { location: account } };
      case 'account':
        return { status: 200, body: { status: 'valid' } };
      case 'new-order':
        return this.openOrder(account, payload);
      case 'order':
        return { status: 200, body: this.viewOfOrder(id, account) };
      case 'authorization':
        return { status: 200, body: this.viewOfAuthorization(id) };
      case 'challenge':
        return this.validate(id, account);
      case 'finalize':
        return this.finalize(id, account, payload);
      case 'revoke-cert':
        return this.revoke(String(payload['certificate']));
      case 'certificate':
        return { status: 200, body: this.certificates.get(id) ?? '' };
      case undefined:
      default:
        throw new Problem('malformed', 404);
    }
  }

  private directory(): object {
    const urls = { newNonce: 'new-nonce', newAccount: 'new-account', newOrder: 'new-order', revokeCert: 'revoke-cert' };
    return Object.fromEntries(Object.entries(urls).map(([name, path]) => [name, `${this.origin}/${path}`]));
  }

  /** Checks the envelope of a request (RFC 8555 §6.2 to §6.5) and says which account sent it. */
  private async read(body: Buffer, path: string): Promise<{ account: string; payload: Record<string, unknown> }> {
    const jws = JSON.parse(body.toString()) as FlattenedJWSInput;
    const header = JSON.parse(Buffer.from(jws.protected ?? '', 'base64url').toString()) as {
      alg: string;
      url: string;
      nonce: string;
      jwk?: JWK;
      kid?: string;
    };
    if (header.url !== `${this.origin}${path}`) throw new Problem('unauthorized', 401);
    if (!this.nonces.delete(header.nonce)) throw new Problem('badNonce');
    if (this.badNonces > 0) {
      this.badNonces -= 1;
      throw new Problem('badNonce');
    }
    const isNew = path === '/new-account';
    if (isNew === (header.jwk === undefined) || isNew === (header.kid !== undefined)) throw new Problem('malformed');
    const jwk = header.jwk ?? this.accounts.get(header.kid ?? '');
    if (!jwk) throw new Problem('accountDoesNotExist');
    const { payload } = await flattenedVerify(jws, await importJWK(jwk, header.alg)).catch(() => {
      throw new Problem('malformed');
    });
    const text = Buffer.from(payload).toString();
    const account = header.kid ?? `${this.origin}/account/${await calculateJwkThumbprint(jwk)}`;
    this.accounts.set(account, jwk);
    return { account, payload: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }

  private openOrder(account: string, payload: Record<string, unknown>): Answer {
    const names = (payload['identifiers'] as { value: string }[]).map(({ value }) => value);
    for (const name of names) {
      const refusal = this.refusals.get(name);
      if (refusal !== undefined) throw new Problem(refusal, refusal === 'rateLimited' ? 429 : 400);
    }
    const authorizations = names.map((name) => {
      const id = newId();
      this.authorizations.set(id, { name, challenge: { status: 'pending', token: this.makeToken() } });
      return id;
    });
    const id = newId();
    this.orders.set(id, { status: 'pending', account, names, authorizations, wait: this.slowness });
    return { status: 201, body: this.viewOfOrder(id, account), headers: { location: `${this.origin}/order/${id}` } };
  }

  private viewOfOrder(id: string, account: string): object {
    const order = this.orderOf(id, account);
    const states = order.authorizations.map((one) => this.authorizations.get(one)!.challenge.status);
    if (order.status === 'pending' && states.includes('invalid')) order.status = 'invalid';
    if (order.status === 'pending' && states.every((state) => state === 'valid')) order.status = 'ready';
    if (order.status === 'processing' && order.wait-- <= 0) order.status = 'valid';
    return {
      status: order.status,
      identifiers: order.names.map((value) => ({ type: 'dns', value })),
      authorizations: order.authorizations.map((one) => `${this.origin}/authorization/${one}`),
      finalize: `${this.origin}/finalize/${id}`,
      ...(order.status === 'valid' ? { certificate: `${this.origin}/certificate/${id}` } : {}),
    };
  }

  private viewOfAuthorization(id: string): object {
    const { name, challenge } = this.authorizations.get(id) ?? missing();
    const status = challenge.status === 'processing' ? 'pending' : challenge.status;
    const { status: state, token } = challenge;
    const challenges = [
      { type: 'dns-01', status: 'pending', token, url: `${this.origin}/challenge/none` },
      { type: 'http-01', status: state, token, url: `${this.origin}/challenge/${id}` },
    ];
    return { status, identifier: { type: 'dns', value: name }, challenges };
  }

  /** Looks at the site as a CA would (RFC 8555 §8.3), while the answer says that it is about to. */
  private async validate(id: string, account: string): Promise<Answer> {
    const { name, challenge } = this.authorizations.get(id) ?? missing();
    if (challenge.status !== 'pending') throw new Problem('malformed');
    challenge.status = 'processing';
    const expected = `${challenge.token}.${await calculateJwkThumbprint(this.accounts.get(account)!)}`;
    const found = await look(this.sites.get(name) ?? '', name, `/.well-known/acme-challenge/${challenge.token}`);
    challenge.status = !this.failsValidation && found.trimEnd() === expected ? 'valid' : 'invalid';
    return { status: 200, body: { type: 'http-01', status: 'processing', token: challenge.token } };
  }

  private async finalize(id: string, account: string, payload: Record<string, unknown>): Promise<Answer> {
    const order = this.orderOf(id, account);
    if (order.status !== 'ready') throw new Problem('orderNotReady', 403);
    const csr = new x509.Pkcs10CertificateRequest(Buffer.from(String(payload['csr']), 'base64url'));
    if (!(await csr.verify())) throw new Problem('badCSR');
    this.certificates.set(id, await this.sign(csr, order.names));
    order.status = 'processing';
    return { status: 200, body: this.viewOfOrder(id, account), headers: { location: `${this.origin}/order/${id}` } };
  }

  private async sign(csr: x509.Pkcs10CertificateRequest, all: readonly string[]): Promise<string> {
    const names = this.leavesNamesOut ? all.slice(0, 1) : all;
    const other = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: createHash('sha256').update(randomBytes(16)).digest('hex').slice(0, 30),
      issuer: this.ca.certificate.subject,
      subject: `CN=${names[0]!}`,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + 90 * DAY_MS),
      publicKey: this.signsForAnotherKey ? other.publicKey : csr.publicKey,
      signingKey: this.ca.keys.privateKey,
      signingAlgorithm: SIGN,
      extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
    });
    return `${leaf.toString('pem')}\n${this.ca.certificate.toString('pem')}\n`;
  }

  private revoke(certificate: string): Answer {
    const serial = new x509.X509Certificate(Buffer.from(certificate, 'base64url')).serialNumber;
    if (this.revoked.has(serial)) throw new Problem('alreadyRevoked');
    this.revoked.add(serial);
    return { status: 200 };
  }

  private orderOf(id: string, account: string): Order {
    const order = this.orders.get(id) ?? missing();
    if (order.account !== account) throw new Problem('unauthorized', 403);
    return order;
  }
}

/** What the site of a name serves, or nothing: it is asked by the name, wherever it is. */
function look(site: string, name: string, path: string): Promise<string> {
  const [host = '', port = ''] = site.split(':');
  return new Promise((done) => {
    const request = get({ host, port, path, headers: { host: name } }, (answer) => {
      text(answer).then(
        (body) => done(answer.statusCode === 200 ? body : ''),
        () => done(''),
      );
    });
    request.once('error', () => done(''));
  });
}

function missing(): never {
  throw new Problem('malformed', 404);
}

function newId(): string {
  return randomBytes(16).toString('base64url');
}
