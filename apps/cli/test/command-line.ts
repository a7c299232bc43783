import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/run.js';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What `--json` printed. */
  readonly json: Record<string, unknown>;
}

/** Runs one command line in this process, as `node main.js` does. */
export async function hansa(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await run(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isScreen: false,
    env,
  });
  return { code, out, err, json: out.startsWith('{') ? JSON.parse(out) : {} };
}

export const MANIFEST = {
  id: 'radar',
  marketplace_id: '@acme/radar',
  name: 'Radar',
  version: '1.2.3',
  type: 'marketing',
  carphacom_min_version: '1.0.0',
  description: 'Watches.',
  author: 'Acme',
  author_url: 'https://acme.example',
  price_eur: 0,
};

export interface Workspace {
  /** Holds everything of one test; gone after it. */
  readonly root: string;
  path(...names: string[]): string;
  /** Writes a plugin folder; `files` replace or add to a valid one, undefined removes. */
  plugin(files?: Record<string, unknown>): string;
}

/** A fresh folder for each test of the surrounding `describe`. */
export function useWorkspace(): Workspace {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hansa-cli-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  return {
    get root() {
      return root;
    },
    path: (...names) => join(root, ...names),
    plugin(files = {}) {
      const all: Record<string, unknown> = {
        'manifest.json': MANIFEST,
        'package.json': { name: 'radar', version: '1.2.3', type: 'module' },
        'index.js': 'export function register() {}',
        ...files,
      };
      for (const [name, content] of Object.entries(all)) {
        if (content === undefined) continue;
        mkdirSync(join(root, 'radar', name, '..'), { recursive: true });
        writeFileSync(join(root, 'radar', name), typeof content === 'string' ? content : JSON.stringify(content));
      }
      return join(root, 'radar');
    },
  };
}
