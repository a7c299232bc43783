import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { MarketClients, MarketProducts } from '#market';
import { SetupError } from './bootstrap.js';

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

  program
    .command('market-product')
    .description('put a listed package on sale in cPanel')
    .requiredOption('--package <@vendor/name>')
    .action(({ package: marketplaceId }: { package: string }) =>
      withHub(async (app) => ({ product_id: (await app.get(MarketProducts).addPackage(marketplaceId, actor)).id })),
    );

  program
    .command('market-certificate')
    .description('put domain-validated certificates on sale in cPanel')
    .requiredOption('--package <@vendor/name>', 'a free name in a namespace whose owner earns with it')
    .requiredOption('--name <name>')
    .requiredOption('--summary <text>')
    .requiredOption('--price <minor>', 'for each name, in minor units')
    .option('--currency <code>', 'ISO 4217', 'EUR')
    .action((given: { package: string; name: string; summary: string; price: string; currency: string }) =>
      withHub(async (app) => {
        const priceMinor = Number(given.price);
        if (!Number.isInteger(priceMinor) || priceMinor < 1)
          throw new SetupError('--price is a whole number from 1 on');
        const { package: marketplaceId, name, summary, currency } = given;
        const what = { marketplaceId, name, summary, priceMinor, currency };
        return { product_id: (await app.get(MarketProducts).addCertificate(what, actor)).id };
      }),
    );
}
