import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packDirectory } from '@hansa/archive';
import type { ListingRequest } from '@hansa/contracts';
import { generateEd25519, sha256Hex, signRelease, type Ed25519PrivateJwk, type ReleaseStatement } from '@hansa/trust';
import { PublishersService } from '#accounts';
import { PublisherTokens } from '#tokens';
import { askBytes, type Answer } from './ask-bytes.js';
import type { TestHub } from './harness.js';

/** A zip with its detached signature, as a publisher's tools make them. */
export interface SignedPackage {
  readonly zip: Buffer;
  readonly signature: string;
}

export interface PackageParts {
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly packageJson?: object;
  /** More files by path; a name above replaces what is made of the other parts, null leaves it out. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Put over the statement that is signed. */
  readonly statement?: Partial<ReleaseStatement>;
}

/** A valid manifest of `@nord/hello` 1.0.0. */
export const A_MANIFEST = {
  id: 'hello',
  marketplace_id: '@nord/hello',
  name: 'Hello',
  version: '1.0.0',
  type: 'admin-extension',
  carphacom_min_version: '1.0.0',
  description: 'Says hello.',
  author: 'Nord',
  author_url: 'https://nord.example',
  price_eur: 0,
} as const;

/** A listing that is free. */
export const A_LISTING = {
  name: 'Hello',
  type: 'admin-extension',
  summary: 'Says hello.',
  description: '# Hello',
  categories: ['greetings'],
  license_kind: 'free',
  price_eur: 0,
} satisfies ListingRequest;

/** Packs and signs a real package. */
export async function aSignedPackage(key: Ed25519PrivateJwk, parts: PackageParts = {}): Promise<SignedPackage> {
  const manifest: Record<string, unknown> = { ...A_MANIFEST, ...parts.manifest };
  const manifestText = parts.files?.['manifest.json'] ?? JSON.stringify(manifest);
  const files: Record<string, string | null> = {
    'manifest.json': manifestText,
    'package.json': JSON.stringify({
      name: 'hello',
      version: manifest['version'],
      type: 'module',
      ...parts.packageJson,
    }),
    'index.js': 'export async function register() {}\n',
    ...parts.files,
  };
  const zip = await pack(files);
  const signature = await signRelease(
    {
      marketplace_id: String(manifest['marketplace_id']),
      version: String(manifest['version']),
      sha256: sha256Hex(zip),
      size_bytes: zip.length,
      manifest_sha256: sha256Hex(Buffer.from(manifestText)),
      signed_at: '2029-12-31T00:00:00Z',
      ...parts.statement,
    },
    key,
  );
  return { zip, signature };
}

async function pack(files: Readonly<Record<string, string | null>>): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'hansa-package-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      if (content === null) continue;
      await mkdir(dirname(join(directory, 'content', name)), { recursive: true });
      await writeFile(join(directory, 'content', name), content);
    }
    await packDirectory(join(directory, 'content'), join(directory, 'out.zip'));
    return await readFile(join(directory, 'out.zip'));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A publisher that owns `namespace`, with a registered key, at its tools. */
export interface PublisherClient {
  readonly id: string;
  readonly key: Ed25519PrivateJwk;
  readonly authorization: string;
  send(method: string, path: string, body?: object): Promise<Answer>;
  putListing(marketplaceId: string, changes?: Partial<ListingRequest>): Promise<Answer>;
  submit(made: SignedPackage, on?: TestHub): Promise<Answer>;
}

export async function aPublisherClient(hub: TestHub, namespace = '@nord'): Promise<PublisherClient> {
  const { id } = await hub.app.get(PublishersService, { strict: false }).create('Nord', namespace, 'test');
  const { token } = await hub.app.get(PublisherTokens, { strict: false }).issue(id, 'test', 'test');
  const { publicJwk, privateJwk } = generateEd25519();
  const authorization = `Bearer ${token}`;
  const send = (method: string, path: string, body?: object) =>
    askBytes(
      hub,
      path,
      { authorization, ...(body ? { 'content-type': 'application/json' } : {}) },
      { method, ...(body ? { body: JSON.stringify(body) } : {}) },
    );
  await send('POST', '/publisher/keys', { name: 'first', public_key: JSON.stringify(publicJwk) });
  return {
    id,
    key: privateJwk,
    authorization,
    send,
    putListing: (marketplaceId, changes = {}) =>
      send('PUT', `/publisher/packages/${marketplaceId}`, { ...A_LISTING, ...changes }),
    submit: ({ zip, signature }, on = hub) =>
      askBytes(
        on,
        '/publisher/releases',
        { authorization, 'content-type': 'application/zip', 'x-release-signature': signature },
        { method: 'POST', body: zip },
      ),
  };
}
