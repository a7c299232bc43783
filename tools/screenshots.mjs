/**
 * `npm run screenshots`: pictures of every page, light and dark, wide and narrow, in `screenshots/`. A federation of its own runs
 * meanwhile, under `.data/screenshots`. Words after the command choose apps or pages by name: `npm run screenshots -- tenant browse`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fail, prepare, ROOT } from './prepare.mjs';
import { central } from './screenshots/central.mjs';
import { tenant } from './screenshots/tenant.mjs';

const OUT = join(ROOT, 'screenshots');
const DATA_DIR = join(ROOT, '.data/screenshots');
const WIDTHS = [1280, 360];
const SCHEMES = ['light', 'dark'];
const READY_MS = 180_000;

await prepare();
const chromium = (process.env.PATH ?? '')
  .split(delimiter)
  .map((dir) => join(dir, 'chromium'))
  .find(existsSync);
if (!chromium) fail('Screenshots need Chromium: node tools/ensure-apt.mjs installs it where it can.');
const wanted = process.argv.slice(2);
const { startBrowser } = await import('@hansa/testing/browser');

const federation = await startFederation();
const browser = await startBrowser(chromium);
try {
  const demo = JSON.parse(readFileSync(join(DATA_DIR, 'demo.json'), 'utf8'));
  for (const app of [tenant, central]) await shoot(app, demo);
} finally {
  await browser.close();
  federation.kill('SIGINT');
  await new Promise((done) => federation.once('exit', done));
}

/** Every page of one app; the seed makes something to see. */
async function shoot({ name: app, seed, signIn, pages }, demo) {
  const chosen = wanted.filter((word) => word !== app);
  if (wanted.length > 0 && !wanted.includes(app) && !pages.some(({ name }) => wanted.includes(name))) return;
  await seed(demo, DATA_DIR);
  const folder = join(OUT, app);
  if (chosen.length === 0) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const shown = chosen.length === 0 ? pages : pages.filter(({ name }) => chosen.includes(name));
  const people = new Set(shown.map(({ as = 'user' }) => as));
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      for (const who of people) {
        const person = await browser.newPerson({
          colorScheme,
          viewport: { width, height: 900 },
          reducedMotion: 'reduce',
        });
        if (who !== 'nobody') await signIn(person, demo, who);
        for (const { name, path, act } of shown.filter(({ as = 'user' }) => as === who)) {
          await shootPage(person, path(demo), act, join(folder, `${name}-${colorScheme}-${width}.png`));
        }
        await person.close();
      }
    }
  }
  process.stdout.write(`  ✓ ${app}: ${folder}\n`);
}

async function shootPage(person, address, act, file) {
  const page = await person.newPage();
  await page.goto(address, { waitUntil: 'networkidle' });
  if (act) await act(page);
  // A busy machine is idle on the network long before it has shown what came.
  await page.getByRole('heading').first().waitFor();
  await page.getByLabel('Loading …').first().waitFor({ state: 'hidden' });
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: file, fullPage: true });
  await page.close();
}

/** `npm start` on ports of its own; its lines are shown when it does not get ready. */
async function startFederation() {
  const [hub, shop, stripe] = [await freePort(), await freePort(), await freePort()];
  const ports = { HUB_PORT: `${hub}`, TENANT_PORT: `${shop}`, STRIPE_PORT: `${stripe}` };
  const child = spawn(process.execPath, [join(ROOT, 'tools/start.mjs')], {
    cwd: ROOT,
    env: { ...process.env, ...ports, DATA_DIR },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`The federation did not start.\n${said}`)), READY_MS);
    child.once('exit', () => reject(new Error(`The federation did not start.\n${said}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
        if (!said.includes('Ready in')) return;
        clearTimeout(late);
        resolve();
      });
    }
  }).catch((error) => fail(error.message));
  child.removeAllListeners('exit');
  return child;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
