import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { hansa, useWorkspace } from './command-line.js';

describe('hansa check', () => {
  const workspace = useWorkspace();

  async function packed(files: Record<string, unknown> = {}): Promise<string> {
    const { json } = await hansa(['pack', workspace.plugin(files), '--json']);
    return String(json['file']);
  }

  it('finds nothing in a plain plugin', async () => {
    const { code, out } = await hansa(['check', await packed()]);
    expect({ code, out }).toEqual({ code: 0, out: 'nothing found\n' });
  });

  it('names place and advice of a warning, and is not refused by it', async () => {
    const zip = await packed({ 'index.js': 'export function register() {}\n// \nexport const f = () => eval("1");' });
    const { code, out } = await hansa(['check', zip]);
    expect(code).toBe(0);
    expect(out).toContain('warning static-scan (index.js:3): runs text as code');
  });

  it('ends with exit code 1 when the plugin does not run', async () => {
    const zip = await packed({ 'index.js': 'export function register() { throw new Error("broken"); }' });
    const { code, json } = await hansa(['check', zip, '--json']);
    expect(code).toBe(1);
    expect(json).toMatchObject({ ok: false, findings: [{ check: 'sandbox', severity: 'error' }] });
  });

  it('looks dependencies up in an OSV database and checks the product page', async () => {
    const zip = await packed({
      'package.json': { name: 'radar', version: '1.2.3', type: 'module', dependencies: { left: '^1.0.0' } },
      'node_modules/left/package.json': { name: 'left', version: '1.0.0' },
    });
    const entry = {
      id: 'MAL-2029-1',
      affected: [{ package: { ecosystem: 'npm', name: 'left' }, versions: ['1.0.0'] }],
    };
    writeFileSync(workspace.path('osv.ndjson'), `${JSON.stringify(entry)}\n`);
    writeFileSync(workspace.path('listing.json'), JSON.stringify({ name: 'R', summary: 'S', description: '[x](/y)' }));
    const { code, json } = await hansa([
      'check',
      zip,
      '--advisories',
      workspace.path('osv.ndjson'),
      '--listing',
      workspace.path('listing.json'),
      '--json',
    ]);
    expect(code).toBe(1);
    expect(json['findings']).toMatchObject([
      { check: 'dependencies', severity: 'error', message: expect.stringContaining('MAL-2029-1') },
      { check: 'listing', severity: 'warning' },
    ]);
  });
});
