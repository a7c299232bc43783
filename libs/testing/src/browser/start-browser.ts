import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

export type { BrowserContext, Page } from 'playwright-core';

/** Nothing but what a test asks for leaves the browser. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

export interface TestBrowser {
  /** A person's browser, without cookies. */
  newPerson(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** The machine's own Chromium, headless, with a profile that is thrown away. */
export async function startBrowser(executablePath: string): Promise<TestBrowser> {
  const home = mkdtempSync(join(tmpdir(), 'hansa-browser-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS, env, timeout: 60_000 });
  return {
    newPerson: (options) => browser.newContext(options),
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What went wrong in a page while it was used: scripts that threw, and everything its Content-Security-Policy refused. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}
