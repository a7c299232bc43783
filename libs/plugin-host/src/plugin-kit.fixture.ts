import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStorage } from '@hansa/plugin-sdk/testing';
import { startPlugin, type RunningPlugin, type StartPluginOptions } from './index.js';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields?: unknown;
}

/** An entry module whose `register` has this body. */
export const registering = (body: string) => `export async function register({ medusa, config }) { ${body} }`;

export const get = (plugin: RunningPlugin, path: string) => plugin.request({ method: 'GET', path });

/** An entry module that runs an expression when it is asked, and answers its value or the code of what it threw. */
const evaluating = (expression: string) => `
    import * as fs from 'node:fs';
    import * as fsp from 'node:fs/promises';
    import { createRequire } from 'node:module';
    import { kill } from 'node:process';
    export function register({ medusa }) {
      medusa.routes.get('/', async () => {
        try { return { json: { value: await (${expression}) } }; } catch (error) { return { json: { refused: error.code ?? error.message } }; }
      });
    }`;

/** Plugins of one test: their folder, what they logged, and an end for all of them. */
export class PluginKit {
  root = '';
  logged: LogLine[] = [];
  private running: RunningPlugin[] = [];

  /** What starts a release whose entry module is `source`. */
  options(source: string, rest: Partial<StartPluginOptions> = {}): StartPluginOptions {
    const dir = join(this.root, 'release');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    writeFileSync(join(dir, 'index.js'), source);
    const log = (level: string) => (message: string, fields?: unknown) =>
      void this.logged.push({ level, message, fields });
    return {
      dir,
      manifest: { id: 'sample', version: '1.2.3' },
      config: {},
      storage: memoryStorage(),
      logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      dataDir: join(this.root, 'data'),
      ...rest,
    };
  }

  async start(source: string, rest: Partial<StartPluginOptions> = {}): Promise<RunningPlugin> {
    const plugin = await startPlugin(this.options(source, rest));
    this.running.push(plugin);
    return plugin;
  }

  /** Runs an expression inside a plugin. */
  async evaluate(expression: string, rest: Partial<StartPluginOptions> = {}): Promise<unknown> {
    const plugin = await this.start(evaluating(expression), rest);
    return JSON.parse((await get(plugin, '/')).body.toString());
  }

  open(): void {
    this.root = mkdtempSync(join(tmpdir(), 'hansa-host-'));
    this.logged = [];
  }

  async close(): Promise<void> {
    await Promise.all(this.running.splice(0).map((plugin) => plugin.stop()));
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A kit for each test of the surrounding `describe`. */
export function usePluginKit(): PluginKit {
  const kit = new PluginKit();
  beforeEach(() => kit.open());
  afterEach(() => kit.close());
  return kit;
}
