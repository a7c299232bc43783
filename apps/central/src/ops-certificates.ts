import { inTransaction } from '@hansa/platform';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { DataSource } from 'typeorm';
import { CertificatesService } from '#certificates';

export interface CertificateCommands {
  readonly program: Command;
  readonly withHub: (work: (app: INestApplicationContext) => Promise<object>) => Promise<void>;
  readonly actor: string;
}

/** Adds the commands about certificates the hub has sold. */
export function addCertificateCommands({ program, withHub, actor }: CertificateCommands): void {
  program
    .command('revoke-certificate')
    .description('have the CA take a certificate back; the server that fetched it is told')
    .requiredOption('--item <oi_…>', 'its order item')
    .action(({ item }: { item: string }) =>
      withHub(async (app) => {
        const service = app.get(CertificatesService, { strict: false });
        const revoked = await inTransaction(app.get(DataSource), (tx) => service.revoke(tx, item, actor));
        return { item, revoked };
      }),
    );
}
