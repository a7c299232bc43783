import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, eventually } from '@hansa/testing';
import { ExternalIssuers } from '#external-auth';
import { freePort } from '@hansa/platform';
import { cookiesOf, startBrowserHub, type TestHub } from '#test';

/** Writes the program of a documentation page to a file, as it stands there. */
function exampleOf(page: string, file: string): { path: string; remove: () => void } {
  const text = readFileSync(new URL(`../../../docs/issuers/${page}`, import.meta.url), 'utf8');
  const [, code] = /```\w+\n([\s\S]*?)```/.exec(text) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'hansa-issuer-'));
  writeFileSync(join(folder, file), code!);
  return { path: join(folder, file), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Asks PHP's own web server for the page and says where it redirects to. */
async function locationOfPhp(php: string, path: string, env: Record<string, string>): Promise<string> {
  const port = await freePort();
  const server = spawn(php, ['-S', `127.0.0.1:${port}`, path], { env, stdio: 'ignore' });
  try {
    const answer = () => fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).catch(() => undefined);
    const response = await eventually('PHP answers', answer);
    expect([response.status, response.headers.get('cache-control')]).toEqual([303, 'no-store']);
    return response.headers.get('location')!;
  } finally {
    server.kill();
  }
}

/** Runs the page as a CGI program would be run and says where it redirects to. */
async function locationOfPython(python: string, path: string, env: Record<string, string>): Promise<string> {
  const answer = execFileSync(python, [path], { env, encoding: 'utf8' });
  return /^Location: (.*)$/m.exec(answer)![1]!;
}

describe.each([
  ['PHP', 'php', 'php.md', 'issuer.php', locationOfPhp],
  ['Python', 'python3', 'python.md', 'issuer.py', locationOfPython],
] as const)('the %s example', (_, program, page, file, locationOf) => {
  describeWith(program, 'run by its interpreter', (interpreter) => {
    let hub: TestHub;
    beforeAll(async () => {
      hub = await startBrowserHub();
    });
    afterAll(() => hub.close());

    it('signs a person in, once, whatever their id and e-mail are made of', async () => {
      const settings = {
        redirectUrl: 'https://intranet.example/',
        logoutUrl: null,
        defaultPath: '/library',
        readerExitOrigins: [],
        maxLifeSeconds: 60,
        instanceId: null,
      };
      const issuer = 'intranet/Ünïted';
      const { key } = await hub.app.get(ExternalIssuers, { strict: false }).create(issuer, settings, 'test');
      const env = {
        PATH: process.env['PATH'] ?? '',
        STORE_URL: hub.ground.config.hubUrl,
        STORE_ISSUER: issuer,
        STORE_KEY: key.secret,
        PERSON_ID: 'ïd/1"\\',
        PERSON_EMAIL: 'zoë@example.com',
        LC_ALL: 'C.UTF-8',
      };
      const example = exampleOf(page, file);
      try {
        const location = await locationOf(interpreter, example.path, env);
        const first = await fetch(location, { redirect: 'manual' });
        expect([first.status, first.headers.get('location')]).toEqual([303, `${env.STORE_URL}/portal`]);
        const cookie = `hansa-session=${cookiesOf(first)['hansa-session']}`;
        expect(await (await fetch(`${env.STORE_URL}/portal`, { headers: { cookie } })).text()).toContain(
          env.PERSON_EMAIL,
        );
        const rows: object[] = await hub.database.dataSource.query('SELECT external_uuid FROM merchant_identities');
        expect(rows).toEqual([{ external_uuid: env.PERSON_ID }]);
        const again = await fetch(location, { redirect: 'manual' });
        expect(again.headers.get('location')).toBe('https://intranet.example/?error=token_replayed');
      } finally {
        example.remove();
      }
    });
  });
});
