import { generateEd25519 } from '@hansa/trust';
import type { Command } from 'commander';
import { publicKeyPath, writeKeyPair } from '../key-files.js';
import { report, type Terminal } from '../terminal.js';

const EXAMPLES = `
Examples:
  $ hansa keygen                              writes publisher-key.json and publisher-key.pub.json
  $ hansa keygen --out ~/keys/acme.json       keep it out of the folder you pack
  $ hansa keygen --json | jq -r .thumbprint   the name the hub knows the key by

Give the hub the public half (.pub.json) once; keep the private half to yourself and have a backup.
A lost key is no disaster: add another, releases signed with the old one stay valid.`;

/** `hansa keygen`: makes a signing key, readable by its owner alone. */
export function addKeygen(program: Command, terminal: Terminal): void {
  program
    .command('keygen')
    .description('make a signing key')
    .option('--out <file>', 'where the private key goes; an existing file is never replaced', 'publisher-key.json')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async ({ out, json = false }: { out: string; json?: boolean }) => {
      const { kid, publicJwk, privateJwk } = generateEd25519();
      await writeKeyPair(out, privateJwk, publicJwk);
      const publicFile = publicKeyPath(out);
      const value = { private_key_file: out, public_key_file: publicFile, thumbprint: kid, public_key: publicJwk };
      report(terminal, json, value, [
        `private key  ${out} (0600, keep it to yourself)`,
        `public key   ${publicFile} (give it to the hub)`,
        `thumbprint   ${kid}`,
      ]);
    });
}
