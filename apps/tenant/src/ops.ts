import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { envExample, migrate } from '@hansa/platform';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command } from 'commander';
import { AdminsService } from '#admin';
import { TenantEnv } from '#config';
import { InstallerService } from '#installer';
import { AppModule } from './app.module.js';
import { layGround } from './bootstrap.js';

/** Runs one command against the tenant's database and prints its result as one line of JSON. */
async function withTenant(work: (app: INestApplicationContext) => Promise<object>): Promise<void> {
  const ground = await layGround({ ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn' }, 'tenant-ops');
  try {
    await migrate(ground.dataSource);
    const app = await NestFactory.createApplicationContext(AppModule.forRoot(ground), { logger: false });
    console.log(JSON.stringify(await work(app)));
    await app.close();
  } finally {
    await ground.postgres?.stop();
  }
}

const program = new Command('ops').description('Operator commands of the tenant. Each prints one line of JSON.');

program
  .command('migrate')
  .description('bring the database up to date')
  .action(() => withTenant(async () => ({ migrated: true })));

program
  .command('env-example')
  .description('print every setting with its meaning and default')
  .action(() => console.log(envExample(TenantEnv)));

program
  .command('create-admin')
  .description('make an admin; the password is read from ADMIN_PASSWORD, or made and shown once')
  .requiredOption('--email <address>')
  .action(({ email }: { email: string }) =>
    withTenant(async (app) => {
      const given = process.env['ADMIN_PASSWORD'];
      const password = given ?? randomBytes(12).toString('base64url');
      const id = await app.get(AdminsService).create(email, password, 'ops');
      return given ? { id, email } : { id, email, password };
    }),
  );

program
  .command('forget-publisher-key')
  .description('forget the key pinned for a namespace; its next release pins the key it is signed with')
  .requiredOption('--namespace <@vendor>')
  .action(({ namespace }: { namespace: string }) =>
    withTenant(async (app) => ({
      namespace,
      forgotten: await app.get(InstallerService).forgetPublisherKey(namespace),
    })),
  );

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
