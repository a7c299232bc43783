import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@hansa/testing';
import type { FederationProcess } from './federation-process.js';

const execute = promisify(execFile);
const CLI = 'apps/cli/dist/src/main.js';

/** The publisher of the examples at his tools, and the operator who lets his releases out. */
export class Publisher {
  constructor(private readonly federation: FederationProcess) {}

  /** Packs, signs, publishes and approves a plugin of one file, and waits until shops see it. Gives back the release's id. */
  async release(name: string, version: string, code: string): Promise<string> {
    const dir = join(this.federation.dataDir, 'written', `${name}-${version}`);
    mkdirSync(dir, { recursive: true });
    const about = { name, type: 'admin-extension', description: 'For a test.', price_eur: 0 };
    const write = (file: string, content: object) => writeFileSync(join(dir, file), JSON.stringify(content));
    const origin = { author: 'Hansa', author_url: 'https://hansa.example', carphacom_min_version: '1.0.0' };
    write('manifest.json', { ...about, ...origin, id: name, marketplace_id: `@hansa-labs/${name}`, version });
    write('package.json', { name, version, type: 'module' });
    write('../listing.json', { ...about, summary: 'For a test.', categories: ['tests'], license_kind: 'free' });
    writeFileSync(join(dir, 'index.js'), code);
    const zip = join(dir, '..', `${name}-${version}.zip`);
    const key = join(this.federation.dataDir, 'publisher', 'publisher-key.json');
    await this.hansa('pack', dir, '--out', join(dir, '..'));
    await this.hansa('sign', zip, '--key', key);
    const listing = join(dir, '..', 'listing.json');
    const printed = await this.hansa('publish', zip, '--hub', this.hubUrl, '--listing', listing, '--json');
    const { id } = JSON.parse(printed) as { id: string };
    await this.approve(id);
    return id;
  }

  /** What became of a release. */
  async status(id: string): Promise<string> {
    const headers = { authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.hubUrl}/publisher/releases/${id}`, { headers });
    return ((await response.json()) as { status: string }).status;
  }

  private async approve(id: string): Promise<void> {
    const { token } = await this.post('/console/session', this.federation.demo.operator);
    await this.post(`/console/releases/${id}/approve`, {}, String(token));
    await eventually('the release is published', async () => (await this.status(id)) === 'published');
  }

  private async post(path: string, body: object, token?: string): Promise<Record<string, unknown>> {
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization };
    const response = await fetch(this.hubUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }

  private async hansa(...args: string[]): Promise<string> {
    const env = { PATH: process.env['PATH'], HANSA_TOKEN: this.token };
    return (await execute(process.execPath, [CLI, ...args], { env })).stdout;
  }

  private get hubUrl(): string {
    return this.federation.demo.hub_url;
  }

  private get token(): string {
    const state = JSON.parse(readFileSync(join(this.federation.dataDir, 'state.json'), 'utf8')) as {
      publisher: { token: string };
    };
    return state.publisher.token;
  }
}
