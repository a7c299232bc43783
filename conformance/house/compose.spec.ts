import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: string | readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const KEY = Buffer.alloc(32, 7).toString('base64');
const VALUES: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: 'secret',
  S3_SECRET_ACCESS_KEY: 'secret',
  HUB_MASTER_KEY: KEY,
  SHOP_MASTER_KEY: KEY,
  ADMIN_PASSWORD: 'a long password',
  CARPHACOM_FEDERATION_PK: 'pk_shop',
};

/** As `docker compose config` puts values in; what has no value and no default would stop it. */
function fillIn(text: string): string {
  return text.replace(/\$\{([A-Z0-9_]+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest?: string) => {
    const value = VALUES[name] ?? (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name} has no value`);
    return value;
  });
}

const COMPOSE = readFileSync('docker-compose.yml', 'utf8');
const { services, volumes, configs } = parse(fillIn(COMPOSE), { merge: true }) as Compose;
const ours = Object.entries(services).filter(([, { image }]) => image === 'hansa');
const appOf = ({ command }: Service) => (String(command).includes('apps/tenant') ? 'tenant' : 'central');

/** Reads an environment with the app's own configuration class, in a process that knows nothing else. */
function readWith(app: 'central' | 'tenant', env: Readonly<Record<string, string>>): string {
  const reader = app === 'central' ? 'readCentralConfig' : 'readTenantConfig';
  const file = `${process.cwd()}/apps/${app}/dist/src/config/index.js`;
  const script = `const { ${reader} } = await import(${JSON.stringify(file)}); console.log(JSON.stringify(${reader}(process.env)));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, stdio: 'pipe' }).toString();
}

describe('docker-compose.yml', () => {
  it('runs two hubs, a worker and a shop from one image', () => {
    expect(ours.map(([name]) => name)).toEqual(['hub-1', 'hub-2', 'worker', 'shop']);
    for (const [, { command }] of ours) {
      const script = (command as readonly string[]).at(-1)!;
      expect(existsSync(script.replace('/dist/', '/').replace(/\.js$/, '.ts'))).toBe(true);
    }
    expect(readFileSync('Dockerfile', 'utf8')).toContain('pnpm install --frozen-lockfile');
  });

  it.each(ours)('sets for %s what its configuration knows, and nothing else', (_, service) => {
    const app = appOf(service);
    const listed = execFileSync(process.execPath, [`apps/${app}/dist/src/ops.js`, 'env-example']).toString();
    const known = new Set([...listed.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
    expect(Object.keys(service.environment!).filter((name) => !known.has(name))).toEqual([]);
    expect(() => readWith(app, service.environment!)).not.toThrow();
  });

  it('keeps artifacts of all hubs in the one S3 server, with one database and one master key', () => {
    const hubs = ours.filter(([, service]) => appOf(service) === 'central').map(([, service]) => service.environment!);
    for (const name of ['S3_BUCKET', 'S3_ENDPOINT', 'DATABASE_URL', 'MASTER_KEY'])
      expect(new Set(hubs.map((environment) => environment[name])).size).toBe(1);
    const { storage } = JSON.parse(readWith('central', hubs[0]!)) as { storage: { s3: object } };
    expect(storage.s3).toMatchObject({ bucket: 'hansa', endpoint: 'http://s3:8333', pathStyle: true });
    const { identities } = JSON.parse(configs['s3-identities']!.content) as { identities: { credentials: object[] }[] };
    const { S3_ACCESS_KEY_ID: accessKey, S3_SECRET_ACCESS_KEY: secretKey } = hubs[0]!;
    expect(identities[0]!.credentials).toEqual([{ accessKey, secretKey }]);
  });

  it('waits for what it needs, by health checks there are', () => {
    for (const [name, { depends_on: needs = {}, healthcheck }] of Object.entries(services)) {
      for (const [other, { condition }] of Object.entries(needs)) {
        if (condition === 'service_healthy')
          expect([other, services[other]?.healthcheck?.test?.[0]]).toEqual([other, 'CMD']);
        else expect([other, other in services]).toEqual([other, true]);
      }
      if (!['bucket', 'worker'].includes(name)) expect([name, healthcheck?.test?.[0]]).toEqual([name, 'CMD']);
    }
  });

  it('names in its first lines operator commands there are, and in its example every value it asks for', () => {
    const help = execFileSync(process.execPath, ['apps/central/dist/src/ops.js', '--help']).toString();
    const commands = [...COMPOSE.matchAll(/^#.*\/ops\.js ([a-z-]+)/gm)].map(([, name]) => name!);
    expect(commands).not.toEqual([]);
    for (const command of commands) expect(help).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    const example = readFileSync('tools/compose/env.example', 'utf8');
    for (const [, name] of COMPOSE.matchAll(/\$\{([A-Z0-9_]+)/g))
      expect(example).toMatch(new RegExp(`^${name!}=`, 'm'));
  });

  it('asks for health where it is answered, and of the server that stays', () => {
    const answered = readFileSync('libs/platform/src/health/health.module.ts', 'utf8');
    const asked = Object.values(services).flatMap(({ healthcheck }) => healthcheck?.test?.at(-1) ?? []);
    const ports = { 4000: 'hub', 4100: 'shop', 8080: 'proxy' };
    for (const url of asked.filter((text) => URL.canParse(text)).map((text) => new URL(text))) {
      if (url.port in ports) expect(answered).toContain(`@Get('${url.pathname.slice(1)}')`);
    }
    // Its first server, which sets the databases up, listens on no port.
    expect(services['postgres']!.healthcheck!.test).toContain('--host');
  });

  it('builds an image with the programs the hub starts', () => {
    const image = readFileSync('Dockerfile', 'utf8')
      .split(/^FROM /m)
      .at(-1)!;
    expect(readFileSync('apps/central/src/composer/git.ts', 'utf8')).toContain('spawn(');
    expect(image).toMatch(/apt-get install .*\bgit\b/);
  });

  it('mounts files and volumes there are', () => {
    for (const { volumes: mounts = [] } of Object.values(services)) {
      for (const mount of mounts) {
        const [source] = mount.split(':') as [string];
        expect([source, source.startsWith('.') ? existsSync(source) : source in volumes]).toEqual([source, true]);
      }
    }
    const proxy = readFileSync('tools/compose/nginx.conf', 'utf8');
    for (const hub of ['hub-1:4000', 'hub-2:4000']) expect(proxy).toContain(hub);
  });
});
