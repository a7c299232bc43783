import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { envExample, migrate } from '@hansa/platform';
import { NestFactory } from '@nestjs/core';
import { Command } from 'commander';
import { DataSource } from 'typeorm';
import { AccountsService, PublisherRates, PublishersService } from '#accounts';
import { Package } from '#catalog';
import { CentralEnv } from '#config';
import { MoneyCheck, PayoutsService, StripeFees } from '#earnings';
import { AdvisoryDatabaseService } from '#releases';
import { answerView, LicensesService, OfflineRequests } from '#licenses';
import { KEY_PURPOSES, KeyRing, type KeyPurpose } from '#signing';
import { PublishableKeys, PublisherTokens } from '#tokens';
import { StripeReconciliation } from '#webhooks';
import { AppModule } from './app.module.js';
import { layGround, SetupError } from './bootstrap.js';
import { addCertificateCommands } from './ops-certificates.js';
import { addComposerCommands } from './ops-composer.js';
import { addMarketCommands } from './ops-market.js';
import { addTufCommands } from './ops-tuf.js';
import type { INestApplicationContext } from '@nestjs/common';

const ACTOR = 'ops';

/** Runs one command against the hub's database and prints its result as one line of JSON. */
async function withHub(work: (app: INestApplicationContext) => Promise<object>): Promise<void> {
  const ground = await layGround({ ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn' }, 'central-ops');
  try {
    await migrate(ground.dataSource);
    const app = await NestFactory.createApplicationContext(AppModule.forRoot(ground), { logger: false });
    console.log(JSON.stringify(await work(app)));
    await app.close();
  } finally {
    await ground.postgres?.stop();
  }
}

const program = new Command('ops').description('Operator commands of the hub. Each prints one line of JSON.');

program
  .command('migrate')
  .description('bring the database up to date')
  .action(() => withHub(async () => ({ migrated: true })));

program
  .command('env-example')
  .description('print every setting with its meaning and default')
  .action(() => console.log(envExample(CentralEnv)));

program
  .command('create-operator')
  .description('make an operator account; the password is read from OPERATOR_PASSWORD, or made and shown once')
  .requiredOption('--email <address>')
  .action(({ email }: { email: string }) =>
    withHub(async (app) => {
      const given = process.env['OPERATOR_PASSWORD'];
      const password = given ?? randomBytes(12).toString('base64url');
      const { id } = await app.get(AccountsService).createOperator(email, password, ACTOR);
      return given ? { id, email } : { id, email, password };
    }),
  );

program
  .command('remove-second-factor')
  .description('let somebody sign in without the authenticator app he lost; make sure first that it is he who asks')
  .requiredOption('--email <address>')
  .action(({ email }: { email: string }) => withHub((app) => app.get(AccountsService).dropSecondFactor(email, ACTOR)));

program
  .command('create-publisher')
  .description('make a publisher that owns a namespace; its publish token is shown once')
  .requiredOption('--name <name>')
  .requiredOption('--namespace <@vendor>')
  .action(({ name, namespace }: { name: string; namespace: string }) =>
    withHub(async (app) => {
      const { id } = await app.get(PublishersService).create(name, namespace, ACTOR);
      const { token } = await app.get(PublisherTokens).issue(id, 'first token', ACTOR);
      return { id, namespace, token };
    }),
  );

program
  .command('set-rate')
  .description('change what the hub keeps of a publisher’s sales; orders that were placed before keep their rate')
  .requiredOption('--publisher <id>')
  .requiredOption('--percent <0-100>')
  .option('--from <time>', 'when it begins (RFC 3339); at once when left out')
  .action(({ publisher, percent, from }: { publisher: string; percent: string; from?: string }) =>
    withHub((app) => {
      const validFrom = from === undefined ? null : new Date(from);
      return app.get(PublisherRates).set(publisher, { commissionPercent: Number(percent), validFrom }, ACTOR);
    }),
  );

program
  .command('pay-publishers')
  .description('plan the payouts of a week that were not planned yet; the worker sends them')
  .option('--week <monday>', 'the Monday it begins with (YYYY-MM-DD); the last whole week when left out')
  .action(({ week }: { week?: string }) => withHub((app) => app.get(PayoutsService).planByHand(week)));

program
  .command('check-money')
  .description(
    'prove every order against Stripe and the ledger, to the cent; exit code 1 and each difference when it fails',
  )
  .action(() =>
    withHub(async (app) => {
      const proof = await app.get(MoneyCheck).run();
      if (proof.differences.length > 0) process.exitCode = 1;
      return proof;
    }),
  );

program
  .command('reconcile')
  .description('find what lost webhooks left undone, in Stripe’s events and sessions; the worker does it')
  .option('--since <time>', 'look from here on (RFC 3339); from the last look when left out')
  .action(({ since }: { since?: string }) => {
    const from = since === undefined ? undefined : new Date(since);
    if (from && Number.isNaN(from.getTime())) throw new SetupError('--since is a time (RFC 3339)');
    return withHub((app) => app.get(StripeReconciliation, { strict: false }).run(ACTOR, from));
  });

program
  .command('record-stripe-fees')
  .description('book what Stripe keeps of payments')
  .option('--since <time>', 'read Stripe’s balance from here (RFC 3339); from the last known fee when left out')
  .action(({ since }: { since?: string }) => {
    const from = since === undefined ? undefined : new Date(since);
    if (from && Number.isNaN(from.getTime())) throw new SetupError('--since is a time (RFC 3339)');
    return withHub(async (app) => ({ recorded: await app.get(StripeFees).record(from) }));
  });

program
  .command('issue-publishable-key')
  .description('make a key that lets shops read the feed; shown once')
  .requiredOption('--name <name>')
  .action(({ name }: { name: string }) => withHub((app) => app.get(PublishableKeys).issue(name, ACTOR)));

addComposerCommands({ program, withHub, actor: ACTOR, env: process.env });
addCertificateCommands({ program, withHub, actor: ACTOR });
addMarketCommands({ program, withHub, actor: ACTOR });
addTufCommands({ program, withHub, actor: ACTOR });

program
  .command('import-advisories')
  .description(
    'take over an OSV database (npm): a zip of JSON files, .ndjson or .json; published releases are looked at again',
  )
  .argument('<file>')
  .action((file: string) => withHub((app) => app.get(AdvisoryDatabaseService).import(file, ACTOR)));

program
  .command('issue-licenses')
  .description('give away licenses of a package; their keys are shown once')
  .requiredOption('--package <@vendor/name>')
  .requiredOption('--email <address>', 'whose they are')
  .requiredOption('--count <number>', '1 to 10000')
  .action(({ package: marketplaceId, email, count }: { package: string; email: string; count: string }) => {
    const wanted = Number(count);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > 10_000) throw new SetupError('count is 1 to 10000');
    return withHub(async (app) => {
      const item = await app.get(DataSource).manager.findOneBy(Package, { marketplaceId });
      if (!item) throw new SetupError(`no package is called ${marketplaceId}`);
      const { id: packageId, licenseKind: kind, billingInterval } = item;
      const terms = { packageId, kind, billingInterval, customerEmail: email, instanceId: null, actor: ACTOR };
      const issued = await app.get(LicensesService).issueMany(terms, wanted);
      return { licenses: issued.map(({ license, licenseKey }) => ({ id: license.id, license_key: licenseKey })) };
    });
  });

program
  .command('answer-license-request')
  .description(
    'answer the license request of a shop that has no line to the hub; what is printed is the file for the shop',
  )
  .argument('<file>', 'the request file, or its short form')
  .action((file: string) => {
    const request = readFileSync(file, 'utf8');
    return withHub(async (app) => answerView(await app.get(OfflineRequests).answer(request, ACTOR)));
  });

program
  .command('rotate-key')
  .description(`add a key that takes over (${KEY_PURPOSES.join(', ')})`)
  .argument('<purpose>')
  .option('--emergency', 'take over at once and refuse what the old key made')
  .action((purpose: string, { emergency }: { emergency?: boolean }) => {
    if (!KEY_PURPOSES.includes(purpose as KeyPurpose))
      throw new SetupError(`purpose is one of ${KEY_PURPOSES.join(', ')}`);
    return withHub(async (app) => ({
      kid: await app.get(KeyRing).rotate(purpose as KeyPurpose, emergency ? 'emergency' : 'planned', ACTOR),
    }));
  });

program
  .command('batch')
  .description(
    'run the commands that come in, each a line with a JSON list of its words; one process for all of them, an answer a line',
  )
  .action(async () => {
    for await (const line of createInterface({ input: process.stdin }))
      await program.parseAsync(wordsOf(line), { from: 'user' });
  });

function wordsOf(line: string): string[] {
  try {
    const words: unknown = JSON.parse(line);
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  } catch {
    // refused below
  }
  throw new SetupError('A command of a batch is a line with a JSON list of words.');
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
