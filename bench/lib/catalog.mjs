import { createHash } from 'node:crypto';

const TYPES = ['payment', 'fulfillment', 'b2b-api', 'storefront-template', 'admin-extension', 'marketing'];
const WORDS = [
  'invoice',
  'stock',
  'search',
  'loyalty',
  'shipping',
  'newsletter',
  'coupon',
  'review',
  'export',
  'chat',
  'tax',
  'seo',
];
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BATCH = 500;

/** Fills a hub's database with `packages` packages of `releases` releases in all, the same ones every time. */
export async function generateCatalog(client, { packages, releases }, semverSortKey) {
  const now = new Date('2030-01-01T00:00:00Z');
  await client.query(`INSERT INTO publishers VALUES ('pub_bench', 'Bench Works', $1, $1)`, [now]);
  await client.query(`INSERT INTO publisher_namespaces VALUES ('@bench', 'pub_bench', $1)`, [now]);
  await client.query(
    `INSERT INTO publisher_keys (kid, publisher_id, name, public_jwk, added_at) VALUES ('bench-key', 'pub_bench', 'key', '{"kty":"OKP"}', $1)`,
    [now],
  );
  const each = Math.max(1, Math.round(releases / packages));
  for (let start = 0; start < packages; start += BATCH) {
    const count = Math.min(BATCH, packages - start);
    const rows = Array.from({ length: count }, (_, index) => packageRow(start + index, now));
    await insertAll(client, 'packages', rows);
    await insertAll(
      client,
      'releases',
      rows.flatMap((row, index) => releaseRows(row, start + index, each, now, semverSortKey)),
    );
  }
  await client.query(`
    UPDATE packages SET latest_release_id = newest.id, revision = 2,
           first_published_at = newest.published_at, last_published_at = newest.published_at
      FROM (SELECT DISTINCT ON (package_id) package_id, id, published_at FROM releases ORDER BY package_id, version_key DESC) AS newest
     WHERE newest.package_id = packages.id`);
  await client.query('UPDATE catalog_revision SET revision = 2');
  await client.query('ANALYZE');
}

export const marketplaceId = (index) => `@bench/plugin-${index}`;

function packageRow(index, now) {
  const words = [0, 1, 2].map((step) => WORDS[(index * 7 + step * 5) % WORDS.length]);
  const paid = index % 3 === 0;
  return {
    id: `ccmp_${ulidOf(index)}`,
    marketplace_id: marketplaceId(index),
    plugin_id: `plugin-${index}`,
    publisher_id: 'pub_bench',
    name: `${words[0]} ${words[1]} ${index}`,
    type: TYPES[index % TYPES.length],
    summary: `Helps shops with ${words.join(', ')}.`,
    description: `# Plugin ${index}\n\n${`It does ${words.join(' and ')} well. `.repeat(20)}`,
    categories: [words[0]],
    license_kind: paid ? 'one_time' : 'free',
    price_minor: paid ? 4_900 : 0,
    downloads: (index * 37) % 10_000,
    created_at: new Date(now.getTime() - index * 60_000),
  };
}

function releaseRows(row, index, count, now, semverSortKey) {
  return Array.from({ length: count }, (_, step) => {
    const version = `1.${step}.0`;
    const digest = createHash('sha256').update(`${index}:${step}`).digest('hex');
    return {
      id: `rel_${index}_${step}`,
      package_id: row.id,
      version,
      version_key: semverSortKey(version),
      status: 'published',
      sha256: digest,
      size_bytes: 10_000 + index,
      manifest: JSON.stringify({
        id: row.plugin_id,
        marketplace_id: row.marketplace_id,
        name: row.name,
        version,
        type: row.type,
        price_eur: row.price_minor / 100,
      }),
      manifest_sha256: digest,
      signature: `${'e'.repeat(20)}.${'p'.repeat(60)}.${'s'.repeat(86)}`,
      key_kid: 'bench-key',
      changelog: `Release ${version}.`,
      min_platform: '1.0.0',
      min_platform_key: semverSortKey('1.0.0'),
      channel: 'stable',
      submitted_at: now,
      published_at: new Date(now.getTime() - (count - step) * 3_600_000),
    };
  });
}

async function insertAll(client, table, rows) {
  const columns = Object.keys(rows[0]);
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH);
    const places = batch.map(
      (_, row) => `(${columns.map((__, column) => `$${row * columns.length + column + 1}`).join(',')})`,
    );
    await client.query(
      `INSERT INTO ${table} (${columns.join(',')}) VALUES ${places.join(',')}`,
      batch.flatMap((row) => columns.map((column) => row[column])),
    );
  }
}

function ulidOf(index) {
  let text = '';
  for (let rest = index, at = 0; at < 26; at += 1, rest = Math.floor(rest / 32)) text = CROCKFORD[rest % 32] + text;
  return text;
}
