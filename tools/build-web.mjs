/**
 * Builds the screens whose sources changed since they were last built; `node tools/build-web.mjs` does it by hand. Beside each file
 * lie its bytes compressed, as the server sends them. A first load over budget fails the build.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const APPS = ['central-web', 'tenant-web'];
/** What every app is made of besides its own folder. */
const SHARED = [
  'libs/web-ui',
  'libs/contracts/src',
  'pnpm-lock.yaml',
  'tsconfig.base.json',
  'tsconfig.web.json',
  'tools/build-web.mjs',
];
/** JavaScript of the first load, gzipped, in bytes. */
const BUDGET = 250 * 1024;
const COMPRESSIBLE = /\.(js|css|svg|json|txt|ico)$/;

/** Names what was built and how large its first load is; nothing when all was built before. */
export async function buildWeb() {
  const shared = digestOf(SHARED);
  const changed = APPS.map((app) => ({ app, digest: digestOf([`apps/${app}`], shared) })).filter(
    ({ app, digest }) => !isBuilt(app, digest),
  );
  // Vite and React build for development under any other name, and a test runner says `test`.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  const built = [];
  for (const { app, digest } of changed) built.push(`${app} ${(await build(app, digest)) >> 10} KB`);
  if (NODE_ENV === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = NODE_ENV;
  return built.join(', ');
}

async function build(app, digest) {
  const root = join(ROOT, 'apps', app);
  const [fresh, site, old] = ['new', '', 'old'].map((part) =>
    join(root, 'dist', `site${part && `.${part}-${process.pid}`}`),
  );
  const [{ build: vite }, { webApp }] = await Promise.all([
    import(pathToFileURL(join(ROOT, 'libs/web-ui/node_modules/vite/dist/node/index.js')).href),
    import('../libs/web-ui/vite.mjs'),
  ]);
  await vite(webApp(root, { outDir: fresh }));
  const size = firstLoadOf(fresh);
  if (size > BUDGET) throw new Error(`${app}: the first load is ${size} bytes of JavaScript; the budget is ${BUDGET}.`);
  compress(fresh);
  // Two builds at once may both get here: the later one wins, and each is whole.
  if (existsSync(site)) renameSync(site, old);
  renameSync(fresh, site);
  rmSync(old, { recursive: true, force: true });
  writeFileSync(join(site, 'built'), digest);
  return size;
}

/** The entry of the page and all it imports at once, gzipped. */
function firstLoadOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const wanted = new Set();
  const follow = (name) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const next of manifest[name].imports ?? []) follow(next);
  };
  follow('index.html');
  const files = [...wanted].map((name) => manifest[name].file).filter((file) => file.endsWith('.js'));
  rmSync(join(folder, 'manifest.json'));
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0);
}

function compress(folder) {
  for (const file of filesBelow(folder)) {
    if (!COMPRESSIBLE.test(file)) continue;
    const bytes = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}

function isBuilt(app, digest) {
  const stamp = join(ROOT, 'apps', app, 'dist/site/built');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
}

function digestOf(paths, ...more) {
  const hash = createHash('sha256').update(more.join());
  for (const path of paths) {
    for (const file of filesBelow(join(ROOT, path))) hash.update(`\n${file}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Every file of a folder but what is made from others, in the same order each time; a file is its own only one. */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSyncOrFile(path);
  if (!entries) return [path];
  return entries
    .filter(({ name }) => name !== 'dist' && name !== 'node_modules' && !name.includes('.spec.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => filesBelow(join(path, name)));
}

function readdirSyncOrFile(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const built = await buildWeb();
    if (built) process.stdout.write(`${built}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
