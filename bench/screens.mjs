import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { openShop } from './lib/shop.mjs';

/** A phone of some years ago against this machine. */
const SLOWDOWN = 4;
const TIMES = 5;
const FIRST_PAINT_MS = 1_000;
const READY_MS = 1_500;

/**
 * The hub's storefront and the shop's tab in a browser four times slower than this machine, against what people wait for without
 * noticing. The first paint is timed; what the page computes until it is ready is counted in processor time, so that it says the
 * same on a busy machine.
 */
export async function run({ hub }) {
  const chromium = (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, 'chromium'))
    .find(existsSync);
  if (!chromium) throw new Error('This benchmark needs Chromium: node tools/ensure-apt.mjs installs it where it can.');
  const { startBrowser } = await import('@hansa/testing/browser');
  const browser = await startBrowser(chromium);
  const shop = await openShop({
    CARPHACOM_FEDERATION_URL: hub.url,
    CARPHACOM_FEDERATION_PK: hub.key,
    LOG_LEVEL: 'silent',
  });
  try {
    await shop.start();
    const pages = [
      ['storefront', `${hub.url}/`, async () => undefined],
      ['tab', `${shop.url}/marketplace`, (person) => shop.signIn(person)],
    ];
    const rows = [];
    for (const [name, url, prepare] of pages) {
      const repeat = async (measure) => {
        const seen = [];
        for (let time = 0; time < TIMES; time += 1) seen.push(await visit(browser, url, prepare, measure));
        return median(seen);
      };
      rows.push(
        row(`${name}, first contentful paint`, FIRST_PAINT_MS, await repeat(firstPaint)),
        row(`${name}, work until it is ready`, READY_MS, SLOWDOWN * (await repeat(workUntilReady))),
      );
    }
    return rows;
  } finally {
    await shop.close();
    await browser.close();
  }
}

function row(name, base, own) {
  return { name, base, own, ratio: own / base, atMost: 1, unit: 'ms' };
}

/** Milliseconds until the first words are painted in a browser slowed down, with nothing cached. */
async function firstPaint(page, session, url) {
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await page.goto(url);
  await page.locator('.mantine-AppShell-main h1').waitFor();
  return page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`);
}

/** Milliseconds of processor time the page's main thread takes until the app has taken over, shows its list, and rests. */
async function workUntilReady(page, session, url) {
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(url);
  await page.locator('.mantine-AppShell-main h2').first().waitFor();
  await page.waitForLoadState('networkidle');
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * metrics.find(({ name }) => name === 'TaskDuration').value;
}

async function visit(browser, url, prepare, measure) {
  const person = await browser.newPerson({ viewport: { width: 1280, height: 900 } });
  try {
    await prepare(person);
    const page = await person.newPage();
    return await measure(page, await person.newCDPSession(page), url);
  } finally {
    await person.close();
  }
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
