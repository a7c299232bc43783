import type { INestApplicationContext } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Command } from 'commander';
import {
  AddSourceRequest,
  IssueManagementTokenRequest,
  managementTokenView,
  newSourceOf,
  newTokenOf,
  SourcesService,
  sourceView,
} from '#composer';
import { MANAGEMENT_SCOPES, ManagementTokens } from '#tokens';
import { SetupError } from './bootstrap.js';

interface Ops {
  readonly program: Command;
  readonly withHub: (work: (app: INestApplicationContext) => Promise<object>) => Promise<void>;
  readonly actor: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const splitList = (text: string): string[] => text.split(',').map((item) => item.trim());

/** Adds the commands for management tokens and Git sources; they take what the console takes. */
export function addComposerCommands(ops: Ops): void {
  addTokenCommands(ops);
  addSourceCommands(ops);
}

function addTokenCommands({ program, withHub, actor }: Ops): void {
  program
    .command('issue-management-token')
    .description(`make a token for a seller's system (scopes: ${MANAGEMENT_SCOPES.join(', ')}); shown once`)
    .requiredOption('--name <name>')
    .requiredOption('--scopes <scope,…>')
    .option('--publisher <id>', 'whose packages it may hand out; any when left out')
    .option('--expires <date>', 'when it ends, as ISO 8601; never when left out')
    .action(async (options: { name: string; scopes: string; publisher?: string; expires?: string }) => {
      const { name, scopes, publisher, expires } = options;
      const request = checked(IssueManagementTokenRequest, {
        name,
        scopes: splitList(scopes),
        ...(publisher === undefined ? {} : { publisher_id: publisher }),
        ...(expires === undefined ? {} : { expires_at: Math.floor(Date.parse(expires) / 1_000) }),
      });
      await withHub((app) => app.get(ManagementTokens).issue(newTokenOf(request, new Date()), actor));
    });

  program
    .command('list-management-tokens')
    .description('show every management token, without its secret')
    .action(() =>
      withHub(async (app) => ({ items: (await app.get(ManagementTokens).list()).map(managementTokenView) })),
    );

  program
    .command('revoke-management-token')
    .description('end a management token at once')
    .argument('<id>')
    .action((id: string) =>
      withHub(async (app) => {
        await app.get(ManagementTokens).revoke(id, actor);
        return { id, revoked: true };
      }),
    );
}

function addSourceCommands({ program, withHub, actor, env }: Ops): void {
  program
    .command('add-composer-source')
    .description('follow a Git repository; SOURCE_CREDENTIAL may hold user:password. The webhook secret is shown once')
    .requiredOption('--publisher <id>')
    .requiredOption('--url <url>', 'https, or an absolute path of this machine')
    .requiredOption('--prefixes <vendor/,…>', 'packages outside these are passed over')
    .option('--interval-minutes <minutes>', 'how often it is synced', '60')
    .option('--no-branches', 'take tags only')
    .action(async (options: SourceOptions) => {
      const credential = env['SOURCE_CREDENTIAL'];
      const request = checked(AddSourceRequest, {
        publisher_id: options.publisher,
        url: options.url,
        prefixes: splitList(options.prefixes),
        branches: options.branches,
        interval_minutes: Number(options.intervalMinutes),
        ...(credential === undefined ? {} : { credential }),
      });
      await withHub(async (app) => {
        const { id, webhookSecret } = await app.get(SourcesService).add(newSourceOf(request), actor);
        return { id, webhook_secret: webhookSecret };
      });
    });

  program
    .command('list-composer-sources')
    .description('show the Git repositories that are followed and how many of their tags are in trouble')
    .action(() =>
      withHub(async (app) => {
        const sources = await app.get(SourcesService).list();
        return { items: sources.map(({ source, problemCount }) => sourceView(source, problemCount)) };
      }),
    );

  program
    .command('sync-composer-source')
    .description('let a worker sync a Git repository now')
    .argument('<id>')
    .action((id: string) =>
      withHub(async (app) => {
        await app.get(SourcesService).sync(id, actor);
        return { id, queued: true };
      }),
    );
}

interface SourceOptions {
  readonly publisher: string;
  readonly url: string;
  readonly prefixes: string;
  readonly branches: boolean;
  readonly intervalMinutes: string;
}

/** What was typed, held to the rules of the console. @throws {SetupError} */
function checked<T extends object>(kind: new () => T, typed: object): T {
  const request = plainToInstance(kind, typed);
  const [flaw] = validateSync(request, { whitelist: true, forbidNonWhitelisted: true });
  if (flaw) throw new SetupError(Object.values(flaw.constraints ?? { wrong: `${flaw.property} is wrong` }).join('; '));
  return request;
}
