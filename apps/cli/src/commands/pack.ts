import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_IGNORE, packDirectory } from '@hansa/archive';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { readJson, reasonOf } from '../files.js';
import { readRelease, readValidManifest, refuseOtherVersion } from '../release.js';
import { report, type Terminal } from '../terminal.js';

/** Left out at every level beside what the archive leaves out: the product page, and what often holds secrets. */
const LEFT_OUT = ['listing.json', '.env', '.npmrc'];

const EXAMPLES = `
Examples:
  $ hansa pack                     packs this folder into out/<id>-<version>.zip
  $ hansa pack plugins/radar       packs another folder
  $ hansa pack . --out ../dist     writes somewhere else

The folder needs manifest.json and package.json with equal versions. The same content gives the same bytes on every
machine. Left out: ${[...DEFAULT_IGNORE, ...LEFT_OUT].join(', ')}, out, and node_modules unless
package.json has dependencies.`;

/** `hansa pack`: checks a folder and makes the zip the hub takes. */
export function addPack(program: Command, terminal: Terminal): void {
  program
    .command('pack')
    .description('check a plugin folder and make its zip')
    .argument('[dir]', 'the folder of the plugin', '.')
    .option('--out <dir>', 'where the zip goes (default: <dir>/out)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, { out = join(dir, 'out'), json = false }: { out?: string; json?: boolean }) => {
      const packed = await pack(dir, out);
      report(terminal, json, packed, [
        packed.file,
        `  ${packed.marketplace_id} ${packed.version}, ${packed.entries} files, ${packed.size_bytes} bytes`,
        `  sha256 ${packed.sha256}`,
      ]);
    });
}

/** @throws {CliError} what `readRelease` throws, FILE_UNREADABLE or FILE_UNWRITABLE; {ArchiveError} */
async function pack(dir: string, out: string) {
  const manifest = readValidManifest(await readJson(join(dir, 'manifest.json')));
  const packageJson = await readJson(join(dir, 'package.json'));
  refuseOtherVersion(manifest, packageJson);
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new CliError('FILE_UNWRITABLE', `${out} cannot be made (${reasonOf(cause)}).`, { cause });
  });
  const file = join(out, `${manifest.id}-${manifest.version}.zip`);
  const ignore = [...DEFAULT_IGNORE, ...LEFT_OUT, 'out', ...(hasDependencies(packageJson) ? [] : ['node_modules'])];
  const { sha256, sizeBytes, entries } = await packDirectory(dir, file, { ignore });
  try {
    await readRelease(file);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  const { marketplace_id: marketplaceId, version } = manifest;
  return { file, marketplace_id: marketplaceId, version, sha256, size_bytes: sizeBytes, entries };
}

function hasDependencies(packageJson: unknown): boolean {
  const { dependencies } = (packageJson ?? {}) as { dependencies?: object };
  return Object.keys(dependencies ?? {}).length > 0;
}
