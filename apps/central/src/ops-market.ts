import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { MarketClients } from '#market';

export interface MarketCommands {
  readonly program: Command;
  readonly withHub: (work: (app: INestApplicationContext) => Promise<object>) => Promise<void>;
  readonly actor: string;
}

/** Adds the commands about cPanel servers and what they sell. */
export function addMarketCommands({ program, withHub, actor }: MarketCommands): void {
  program
    .command('market-client')
    .description('set up a cPanel server that sells what the hub sells; its id goes into the settings of its module')
    .requiredOption('--name <name>', 'what its users are shown')
    .requiredOption('--origin <origin...>', 'https://host:2083, and https://host:2087 for WHM')
    .action(({ name, origin }: { name: string; origin: string[] }) =>
      withHub(async (app) => {
        const { id, origins } = await app.get(MarketClients).create(name, origin, actor);
        return { client_id: id, name, origins };
      }),
    );
}
