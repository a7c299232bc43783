import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packDirectory } from '@hansa/archive';
import type { FeedProduct, ProductVersion, ReleaseSignature } from '@hansa/contracts';
import { generateEd25519, sha256Hex, signRelease, type Ed25519PrivateJwk } from '@hansa/trust';

export interface Release {
  readonly marketplaceId: string;
  readonly version: string;
  readonly priceEur: number;
  readonly zip: Buffer;
  readonly sha256: string;
  readonly manifest: Record<string, unknown>;
  readonly signature: ReleaseSignature;
  readonly listing: Partial<ProductVersion>;
  readonly sold: Pick<FeedProduct, 'license_kind' | 'billing_interval' | 'trial_days'>;
}

export interface ReleaseOptions {
  readonly id?: string;
  readonly version?: string;
  readonly priceEur?: number;
  /** The entry module. */
  readonly code?: string;
  readonly manifest?: Record<string, unknown>;
  /** Beside the three every package has. */
  readonly files?: Readonly<Record<string, string>>;
  /** Of `package.json`, when it should differ. */
  readonly packageVersion?: string;
  readonly publisherKey?: Ed25519PrivateJwk;
  /** What the hub's page says about it besides. */
  readonly listing?: Partial<ProductVersion>;
  /** How the hub says it is sold. */
  readonly sold?: Release['sold'];
  readonly signedAs?: { readonly version?: string };
}

export const PUBLISHER = generateEd25519();

/** Answers `GET /hello` with its version and greeting; is well. */
export const HELLO = `
export async function register({ medusa, config }) {
  medusa.routes.get('/hello', () => ({ json: { hello: config.greeting ?? 'world', version: medusa.plugin.version } }));
}
`;

/** A packed and signed release, `@acme/<id>`. */
export async function aRelease(options: ReleaseOptions = {}): Promise<Release> {
  const { id = 'hello', version = '1.0.0', priceEur = 0, code = HELLO } = options;
  const marketplaceId = `@acme/${id}`;
  const manifest = {
    id,
    marketplace_id: marketplaceId,
    name: 'Hello',
    version,
    type: 'admin-extension',
    carphacom_min_version: '1.0.0',
    description: 'Says hello.',
    author: 'Acme',
    author_url: 'https://acme.example',
    price_eur: priceEur,
    ...options.manifest,
  };
  const zip = await pack({
    'manifest.json': JSON.stringify(manifest),
    'package.json': JSON.stringify({ name: id, version: options.packageVersion ?? version, type: 'module' }),
    'index.js': code,
    ...options.files,
  });
  const privateJwk = options.publisherKey ?? PUBLISHER.privateJwk;
  const statement = {
    marketplace_id: marketplaceId,
    version: options.signedAs?.version ?? version,
    sha256: sha256Hex(zip),
    size_bytes: zip.length,
    manifest_sha256: sha256Hex(Buffer.from(JSON.stringify(manifest))),
    signed_at: '2030-01-01T00:00:00Z',
  };
  const { kty, crv, x } = privateJwk;
  const signature = { publisher: await signRelease(statement, privateJwk), key: { kty, crv, x } };
  return {
    marketplaceId,
    version,
    priceEur,
    zip,
    sha256: statement.sha256,
    manifest,
    signature,
    listing: options.listing ?? {},
    sold: options.sold ?? {},
  };
}

/** A zip of these files. */
export async function pack(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'release-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, 'in', name)), { recursive: true });
      await writeFile(join(folder, 'in', name), content);
    }
    await packDirectory(join(folder, 'in'), join(folder, 'out.zip'));
    return await readFile(join(folder, 'out.zip'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
