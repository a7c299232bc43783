import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packDirectory } from '@hansa/archive';
import { generateEd25519, sha256Hex, signRelease } from '@hansa/trust';

const PUBLISHER = generateEd25519();
const CODE = `export async function register({ medusa }) { medusa.routes.get('/', () => ({ json: { ok: true } })); }\n`;
const SCRIPTS = 1_200;
const IMAGES = 164;

/** A plugin that does next to nothing, packed and signed. */
export async function smallPackage(dir, id) {
  return pack(dir, id, {});
}

/** A plugin of just under 100 MiB: 1,200 scripts of about 120 KB, which pack well, and 164 images of 400 KB, which do not. */
export async function largePackage(dir) {
  const scripts = Array.from({ length: SCRIPTS }, (_, i) => [`lib/part-${i % 40}/m${i}.js`, scriptOf(i)]);
  const images = Array.from({ length: IMAGES }, (_, i) => [`assets/i${i}.bin`, bytesOf(`image ${i}`, 400_000)]);
  return pack(dir, 'large', Object.fromEntries([...scripts, ...images]));
}

/** A plugin of 10 MiB: ten scripts of about 120 KB, and 26 images of 400 KB. */
export async function mediumPackage(dir, id) {
  const scripts = Array.from({ length: 10 }, (_, i) => [`lib/m${i}.js`, scriptOf(i)]);
  const images = Array.from({ length: 26 }, (_, i) => [`assets/i${i}.bin`, bytesOf(`${id} ${i}`, 400_000)]);
  return pack(dir, id, Object.fromEntries([...scripts, ...images]));
}

async function pack(dir, id, files) {
  const root = join(dir, id);
  const file = join(dir, `${id}.zip`);
  const manifest = JSON.stringify({
    id,
    marketplace_id: `@bench/${id}`,
    name: id,
    version: '1.0.0',
    type: 'admin-extension',
    carphacom_min_version: '1.0.0',
    description: 'A plugin to measure with.',
    author: 'Bench Works',
    author_url: 'https://bench.example',
    price_eur: 0,
  });
  const own = { 'manifest.json': manifest, 'index.js': CODE };
  const about = { 'package.json': JSON.stringify({ name: id, version: '1.0.0', type: 'module' }) };
  for (const [path, content] of Object.entries({ ...own, ...about, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  await packDirectory(root, file);
  rmSync(root, { recursive: true });
  return { file, ...(await sign(id, manifest, readFileSync(file))) };
}

async function sign(id, manifest, zip) {
  const statement = {
    marketplace_id: `@bench/${id}`,
    version: '1.0.0',
    sha256: sha256Hex(zip),
    size_bytes: zip.length,
    manifest_sha256: sha256Hex(Buffer.from(manifest)),
    signed_at: '2030-01-01T00:00:00Z',
  };
  return { signature: await signRelease(statement, PUBLISHER.privateJwk), key: PUBLISHER.publicJwk, bytes: zip.length };
}

/** Lines of made-up words, the same ones every time. */
function scriptOf(index) {
  const noise = bytesOf(`script ${index}`, 12_000);
  let text = '';
  for (let at = 0; text.length < 120_000; at = (at + 4) % (noise.length - 4)) {
    text += `export const w${noise.readUInt16LE(at) % 4_000} = '${noise.toString('hex', at, at + 2)}${at % 4_001}';\n`;
  }
  return text;
}

/** Bytes that look random and do not pack, the same ones every time. */
function bytesOf(seed, length) {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, i) =>
    createHash('sha512').update(`${seed}:${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}
