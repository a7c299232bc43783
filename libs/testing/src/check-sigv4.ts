import { createHash, createHmac, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';

export interface S3Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
/** What the clocks of client and server may differ by. */
const SKEW_MS = 15 * 60_000;
const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** Says by the SDK's own signer why a request may not pass, or null when its signature holds for all it carries. */
export async function refusalOfSignature(request: IncomingMessage, body: Buffer, key: S3Key): Promise<string | null> {
  const url = new URL(request.url ?? '/', 'http://s3');
  return url.searchParams.has('X-Amz-Signature') ? checkQuery(request, url, key) : checkHeader(request, url, body, key);
}

async function checkHeader(request: IncomingMessage, url: URL, body: Buffer, key: S3Key): Promise<string | null> {
  const [, id, region, signedNames, signature] = AUTHORIZATION.exec(request.headers.authorization ?? '') ?? [];
  if (id !== key.accessKeyId) return 'AccessDenied';
  const signedAt = dateOf(String(request.headers['x-amz-date']));
  if (Math.abs(Date.now() - signedAt.getTime()) > SKEW_MS) return 'RequestTimeTooSkewed';
  const digest = request.headers['x-amz-content-sha256'];
  if (digest !== UNSIGNED && digest !== createHash('sha256').update(body).digest('hex'))
    return 'XAmzContentSHA256Mismatch';
  const headers = Object.fromEntries(signedNames!.split(';').map((name) => [name, String(request.headers[name])]));
  const again = await signer(key, region!).sign(asSigned(request, url, headers), { signingDate: signedAt });
  return again.headers['authorization']?.endsWith(`Signature=${signature}`) ? null : 'SignatureDoesNotMatch';
}

async function checkQuery(request: IncomingMessage, url: URL, key: S3Key): Promise<string | null> {
  const [id, , region] = (url.searchParams.get('X-Amz-Credential') ?? '').split('/');
  if (id !== key.accessKeyId) return 'AccessDenied';
  const signedAt = dateOf(url.searchParams.get('X-Amz-Date') ?? '');
  const expiresIn = Number(url.searchParams.get('X-Amz-Expires'));
  const signature = url.searchParams.get('X-Amz-Signature');
  if (Date.now() > signedAt.getTime() + expiresIn * 1_000 || signedAt.getTime() > Date.now() + SKEW_MS)
    return 'AccessDenied';
  for (const name of ['X-Amz-Signature', 'X-Amz-Content-Sha256']) url.searchParams.delete(name);
  // Spelled as the presigner does: the name becomes part of the query.
  const headers = { host: String(request.headers.host), 'X-Amz-Content-Sha256': UNSIGNED };
  const options = { signingDate: signedAt, expiresIn };
  const again = await signer(key, region!).presign(asSigned(request, url, headers), options);
  return again.query?.['X-Amz-Signature'] === signature ? null : 'SignatureDoesNotMatch';
}

function signer(credentials: S3Key, region: string): SignatureV4 {
  return new SignatureV4({ credentials, region, service: 's3', sha256: Sha256, uriEscapePath: false });
}

function asSigned({ method = 'GET' }: IncomingMessage, url: URL, headers: Record<string, string>) {
  const query = Object.fromEntries(url.searchParams);
  return { method, protocol: 'http:', hostname: 's3', path: url.pathname, query, headers };
}

/** `20300101T000000Z`. */
function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

type Keyed = Hash | ReturnType<typeof createHmac>;

/** What the signer hashes with. */
class Sha256 {
  private hash: Keyed;

  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = this.fresh();
  }

  update(data: Uint8Array | string): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    this.hash = this.fresh();
  }

  private fresh(): Keyed {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', this.secret as Buffer);
  }
}
