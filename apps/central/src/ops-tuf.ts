import { readFileSync, writeFileSync } from 'node:fs';
import type { INestApplicationContext } from '@nestjs/common';
import {
  CeremonyService,
  newOfflineKey,
  readDraft,
  signDraft,
  tufKeyId,
  type OfflineKey,
  type TufPublicKey,
} from '#tuf';
import type { Command } from 'commander';

interface Ops {
  readonly program: Command;
  readonly withHub: (work: (app: INestApplicationContext) => Promise<object>) => Promise<void>;
  readonly actor: string;
}

/** Adds the commands of a root ceremony (docs/operations/release-metadata.md). Those that touch private keys need no hub. */
export function addTufCommands({ program, withHub, actor }: Ops): void {
  program
    .command('tuf-create-key')
    .description('make offline root keys: a private file each, and <file>.pub beside it. Needs no hub')
    .argument('<file...>')
    .action((files: string[]) => {
      const keyIds = files.map((file) => {
        const key = newOfflineKey();
        writeFileSync(file, json(key), { mode: 0o600, flag: 'wx' });
        writeFileSync(`${file}.pub`, json(key.publicKey), { flag: 'wx' });
        return tufKeyId(key.publicKey);
      });
      print({ key_ids: keyIds });
    });

  program
    .command('tuf-draft')
    .description('write the next root, unsigned, for these offline keys and the newest online ones')
    .requiredOption('--threshold <n>', 'how many of the keys must sign')
    .requiredOption('--out <file>')
    .argument('<key.pub...>')
    .action((files: string[], { threshold, out }: { threshold: string; out: string }) =>
      withHub(async (app) => {
        const draft = await app.get(CeremonyService).draft(
          files.map((file) => read(file) as TufPublicKey),
          Number(threshold),
        );
        writeFileSync(out, json(draft));
        return summary(draft.root.signed);
      }),
    );

  program
    .command('tuf-sign')
    .description('sign a draft with offline keys, in place. Needs no hub')
    .argument('<draft>')
    .argument('<key...>')
    .action((file: string, keys: string[]) => {
      const draft = readDraft(read(file));
      for (const key of keys) signDraft(draft, read(key) as OfflineKey);
      writeFileSync(file, json(draft));
      print({ ...summary(draft.root.signed), signed_by: Object.keys(draft.root.signatures) });
    });

  program
    .command('tuf-publish')
    .description('publish a signed draft; shops follow it from the root they have')
    .argument('<draft>')
    .action((file: string) => withHub((app) => app.get(CeremonyService).publish(readDraft(read(file)), actor)));
}

function print(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What those who sign should look at. */
function summary(root: ReturnType<typeof readDraft>['root']['signed']): object {
  const { version, expires, roles } = root;
  const told = Object.entries(roles).map(([role, { keyIDs, threshold }]) => [role, { key_ids: keyIDs, threshold }]);
  return { version, expires, roles: Object.fromEntries(told) as object };
}
