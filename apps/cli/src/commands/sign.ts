import { writeFile } from 'node:fs/promises';
import { signRelease, thumbprint } from '@hansa/trust';
import type { Command } from 'commander';
import { readPrivateKey } from '../key-files.js';
import { readRelease } from '../release.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ hansa sign out/radar-1.2.3.zip --key publisher-key.json       writes out/radar-1.2.3.zip.sig

The signature names the package, its version, the digest and size of the zip and the digest of its manifest: it cannot be
moved to another file, version or name.`;

/** `hansa sign`: makes the detached signature of a zip. */
export function addSign(program: Command, terminal: Terminal): void {
  program
    .command('sign')
    .description('make the detached signature of a zip')
    .argument('<zip>', 'a zip made by hansa pack')
    .requiredOption('--key <file>', 'your private key, made by hansa keygen')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (zip: string, { key, json = false }: { key: string; json?: boolean }) => {
      const privateJwk = await readPrivateKey(key, terminal);
      const { statement } = await readRelease(zip);
      const signed = { ...statement, signed_at: new Date().toISOString() };
      const signature = await signRelease(signed, privateJwk);
      const file = `${zip}.sig`;
      await writeFile(file, `${signature}\n`);
      const value = { file, thumbprint: thumbprint(privateJwk), statement: signed };
      report(terminal, json, value, [file, `  ${signed.marketplace_id} ${signed.version} by key ${value.thumbprint}`]);
    });
}
