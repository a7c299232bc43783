import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../prepare.mjs';
import { runScript } from './processes.mjs';

const CLI = 'apps/cli/dist/src/main.js';
const EXAMPLES = join(ROOT, 'examples/plugins');
const PUBLISH_TIMEOUT_MS = 60_000;

/** Packs, signs and publishes every example with the publisher's own tool, then approves it as the operator would. */
export async function publishExamples({ hubUrl, dataDir }, state, operatorEmail) {
  const work = join(dataDir, 'publisher');
  mkdirSync(work, { recursive: true, mode: 0o700 });
  const { token } = await state.keep('publisher');
  const key = join(work, 'publisher-key.json');
  const env = { PATH: process.env.PATH, HANSA_TOKEN: token };
  if (!existsSync(key)) await runScript(CLI, ['keygen', '--out', key], env);
  await addPublisherKey(hubUrl, token, key);

  const plugins = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'manifest.json')));
  const operator = { email: operatorEmail, password: await state.keep('operatorPassword') };
  const approve = await approver(hubUrl, operator, token);
  for (const name of plugins) {
    const dir = join(EXAMPLES, name);
    const done = join(work, `${name}.published`);
    const digest = digestOf(dir);
    if (existsSync(done) && readFileSync(done, 'utf8') === digest) continue;
    await publish({ hubUrl, env, key, dir, work, approve });
    writeFileSync(done, digest);
  }
  return `${plugins.length} plugins`;
}

async function publish({ hubUrl, env, key, dir, work, approve }) {
  const { id, version, marketplace_id: marketplaceId } = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
  const zip = join(work, `${id}-${version}.zip`);
  for (const old of [zip, `${zip}.sig`]) rmSync(old, { force: true });
  await runScript(CLI, ['pack', dir, '--out', work], env);
  await runScript(CLI, ['sign', zip, '--key', key], env);
  const out = await runScript(
    CLI,
    ['publish', zip, '--hub', hubUrl, '--listing', join(dir, 'listing.json'), '--json'],
    env,
  );
  const release = JSON.parse(out);
  await approve(release.id, `${marketplaceId} ${version}`);
}

/** Signs the operator in and gives back the act of approving one release and waiting until shops can see it. */
async function approver(hubUrl, operator, publisherToken) {
  const session = await call(`${hubUrl}/console/session`, 'POST', {}, operator);
  const asOperator = { authorization: `Bearer ${session.token}` };
  const asPublisher = { authorization: `Bearer ${publisherToken}` };
  return async (id, name) => {
    for (const deadline = Date.now() + PUBLISH_TIMEOUT_MS; Date.now() < deadline;) {
      const { status, findings } = await call(`${hubUrl}/publisher/releases/${id}`, 'GET', asPublisher);
      if (status === 'published') return;
      if (status === 'rejected') throw new Error(`${name} was rejected: ${JSON.stringify(findings)}`);
      if (status === 'in_review') await call(`${hubUrl}/console/releases/${id}/approve`, 'POST', asOperator, {});
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`${name} was not published in time`);
  };
}

async function addPublisherKey(hubUrl, token, keyFile) {
  const { d: _private, ...publicJwk } = JSON.parse(readFileSync(keyFile, 'utf8'));
  const body = { name: 'example key', public_key: JSON.stringify(publicJwk) };
  await call(`${hubUrl}/publisher/keys`, 'POST', { authorization: `Bearer ${token}` }, body);
}

async function call(url, method, headers, body) {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}

function digestOf(dir) {
  const hash = createHash('sha256');
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true }).sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.includes('node_modules'))
      hash.update(path.slice(dir.length)).update(readFileSync(path));
  }
  return hash.digest('hex');
}
