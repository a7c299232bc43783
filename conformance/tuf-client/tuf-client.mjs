#!/usr/bin/env node
/**
 * The tenant's TUF client as a command, for suites that drive clients from outside (README.md). Exit code 0 when the step was done and
 * everything verified, 1 otherwise. The way out is plain `fetch`: there is no shop here whose ledger could be written.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openMetadataClient } from '../../apps/tenant/dist/src/tuf/metadata-client.js';

const USAGE = `tuf-client --metadata-dir <dir> init <trusted root>
tuf-client --metadata-dir <dir> --metadata-url <url> refresh
tuf-client --metadata-dir <dir> --metadata-url <url> --target-name <path> --target-base-url <url> --target-dir <dir> download
`;

const NAMES = ['metadata-dir', 'metadata-url', 'target-name', 'target-base-url', 'target-dir'];

async function run(args) {
  const options = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' }]));
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const need = (name) => values[name] ?? refuse(`--${name} is missing`);
  const [command, root] = positionals;
  const metadataDir = need('metadata-dir');
  const client = () => openMetadataClient({ metadataDir, metadataUrl: trimmed(need('metadata-url')), fetch }).updater;

  switch (command) {
    case 'init':
      mkdirSync(metadataDir, { recursive: true });
      copyFileSync(root ?? refuse('init needs the trusted root'), join(metadataDir, 'root.json'));
      return;
    case 'refresh':
      await client().refresh();
      return;
    case 'download': {
      const updater = client();
      const name = need('target-name');
      const targetDir = need('target-dir');
      const target = (await updater.getTargetInfo(name)) ?? refuse(`no target ${name}`);
      const file = join(targetDir, encodeURIComponent(name));
      if (await updater.findCachedTarget(target, file)) return;
      mkdirSync(targetDir, { recursive: true });
      await updater.downloadTarget(target, file, trimmed(need('target-base-url')));
      return;
    }
    default:
      refuse(USAGE);
  }
}

function trimmed(url) {
  return url.replace(/\/+$/, '');
}

function refuse(why) {
  throw new Error(why);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
