import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const TAGS = 500;
const FILES = 30;
const FILE_BYTES = 4_000;
/** What the whole repository, and one more tag, may take. */
const FIRST_SECONDS = 60;
const NEXT_SECONDS = 2;
const PATIENCE_MS = 300_000;
const POLL_MS = 20;

/** Syncs a Git repository of 500 tags, then one more tag after a push, in seconds. */
export async function measureSync({ hub, ops, publisherId }) {
  const repository = mkdtempSync(join(tmpdir(), 'hansa-bench-git-'));
  const client = new pg.Client(hub.databaseUrl);
  await client.connect();
  try {
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
    importTags(repository, 0, TAGS);
    const where = ['--publisher', publisherId, '--url', repository, '--prefixes', 'acme/'];
    const source = ops('add-composer-source', ...where, '--no-branches');
    const { created_at: from, last_synced_at: to } = await synced(client, source.id, TAGS);

    importTags(repository, TAGS, TAGS + 1);
    const before = performance.now();
    await push(hub.url, source);
    await synced(client, source.id, TAGS + 1);
    return [
      row(`composer sync, ${TAGS} tags`, FIRST_SECONDS, (to - from) / 1_000),
      row('composer sync, one more tag', NEXT_SECONDS, (performance.now() - before) / 1_000),
    ];
  } finally {
    await client.end();
    rmSync(repository, { recursive: true, force: true });
  }
}

/** Adds commits with a tag each; every one changes `composer.json` and one of the other files. */
function importTags(repository, first, end) {
  const lines = [];
  const data = (text) => lines.push(`data ${Buffer.byteLength(text)}`, text);
  const file = (path, text) => {
    lines.push(`M 100644 inline ${path}`);
    data(text);
  };
  for (let number = first; number < end; number += 1) {
    lines.push('commit refs/heads/main', `committer A <a@example.com> ${1_700_000_000 + number} +0000`);
    data(`commit ${number}`);
    if (number > 0 && number === first) lines.push('from refs/heads/main^0');
    file('composer.json', JSON.stringify({ name: 'acme/from-git', description: `Number ${number}` }));
    for (let index = 0; index < FILES; index += 1) {
      if (number === 0 || number % FILES === index) file(`src/File${index}.php`, source(number, index));
    }
    lines.push(`reset refs/tags/1.${number}.0`, 'from refs/heads/main', '');
  }
  execFileSync('git', ['--git-dir', repository, 'fast-import', '--quiet'], { input: lines.join('\n') });
}

function source(number, index) {
  const line = `// line of file ${index} as of ${number}\n`;
  return `<?php\n${line.repeat(Math.ceil(FILE_BYTES / line.length))}`;
}

async function push(url, { id, webhook_secret: secret }) {
  const headers = { 'content-type': 'application/json', 'x-gitlab-token': secret };
  const response = await fetch(`${url}/webhooks/composer-sources/${id}`, { method: 'POST', headers, body: '{}' });
  if (response.status !== 202) throw new Error(`the push was answered ${response.status}`);
}

/** The source, once all these versions are there and nobody syncs it. */
async function synced(client, id, versions) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const { rows } = await client.query(
      `SELECT created_at, last_synced_at, last_error FROM composer_sources s WHERE id = $1 AND syncing_until IS NULL
         AND (last_error IS NOT NULL
              OR (SELECT count(*) FROM composer_source_refs r WHERE r.source_id = s.id AND version_id IS NOT NULL) = $2)`,
      [id, versions],
    );
    if (rows[0]?.last_error) throw new Error(`the sync failed: ${rows[0].last_error}`);
    if (rows[0]?.last_synced_at) return rows[0];
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  throw new Error('the sync did not end');
}

function row(name, base, own) {
  return { name, base, own, unit: 's', ratio: own / base, atMost: 1 };
}
