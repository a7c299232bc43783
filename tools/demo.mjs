/** `npm run demo`: a merchant buys a plugin; `npm run demo -- lifecycle`: a subscription from its purchase to its end. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lifecycle } from './demo/lifecycle.mjs';
import { purchase } from './demo/purchase.mjs';
import { readSettings } from './demo/settings.mjs';
import { Shop } from './demo/shop.mjs';
import { StripeApi } from './demo/stripe.mjs';
import { fail, ROOT } from './prepare.mjs';

const PARTS = {
  purchase: { title: 'A merchant buys a plugin', show: ({ shop }, tell) => purchase(shop, tell) },
  lifecycle: {
    title: 'A subscription, from its purchase to its end',
    show: ({ shop, stripe }, tell) => lifecycle(shop, stripe, tell),
  },
};
const [wanted = 'purchase', ...rest] = process.argv.slice(2);
const part = Object.hasOwn(PARTS, wanted) && rest.length === 0 && PARTS[wanted];
if (!part) fail(`npm run demo [-- ${Object.keys(PARTS).join(' | ')}]`);

const settings = readSettings();
const federation = await findFederation();
const started = Date.now();
let last = started;

/** Prints what happened, when, and how long it took since the step before. */
function tell(what) {
  const now = Date.now();
  const time = new Date(now).toISOString().slice(11, 23);
  process.stdout.write(`  ${time}  ${String(now - last).padStart(6)} ms  ${what}\n`);
  last = now;
}

let failure;
try {
  const demo = JSON.parse(readFileSync(join(settings.dataDir, 'demo.json'), 'utf8'));
  process.stdout.write(`${part.title}\n`);
  await part.show({ shop: new Shop(demo), stripe: new StripeApi(demo) }, tell);
  process.stdout.write(`Done in ${((Date.now() - started) / 1_000).toFixed(1)} s.\n`);
} catch (error) {
  failure = error.message;
}
await federation?.stop();
if (failure) fail(failure);

/** The federation that runs already, or one that is started for this demonstration and stopped after it. */
async function findFederation() {
  const isRunning = await fetch(`${settings.tenantUrl}/ready`).then(
    (response) => response.ok,
    () => false,
  );
  if (isRunning) return undefined;
  process.stdout.write('Nothing answers on these ports: starting a federation for the time of this demonstration.\n');
  const launcher = spawn(process.execPath, [join(ROOT, 'tools/start.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => launcher.once('exit', done));
  const ready = new Promise((done) => {
    let output = '';
    launcher.stdout.on('data', (chunk) => {
      process.stdout.write(output.includes('Ready in') ? '' : chunk);
      output += chunk;
      if (output.includes('Ready in')) done('ready');
    });
  });
  if ((await Promise.race([ready, ended])) !== 'ready') fail('The federation did not start.');
  return {
    async stop() {
      launcher.kill('SIGINT');
      await ended;
    },
  };
}
