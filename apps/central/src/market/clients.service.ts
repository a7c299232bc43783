import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { bumpRevision } from '#catalog';
import { MarketClient } from './market-client.entity.js';
import { MarketError } from './market.errors.js';

export interface ClientChange {
  readonly name?: string;
  readonly origins?: readonly string[];
  readonly enabled?: boolean;
}

/** The ports cPanel (2083) and WHM (2087) answer at over TLS. */
const PORTS: readonly string[] = ['2083', '2087'];

/** The cPanel servers that may sell what the hub sells, as operators set them up. */
@Injectable()
export class MarketClients {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @throws {MarketError} CLIENT_ORIGIN_REFUSED */
  async create(name: string, origins: readonly string[], actor: string): Promise<MarketClient> {
    refuseOrigins(origins);
    const createdAt = this.clock.now();
    const client = { id: newId('mcl'), name, origins: [...new Set(origins)], createdAt, disabledAt: null };
    await inTransaction(this.dataSource, async (tx) => {
      await tx.insert(MarketClient, client);
      await recordAudit(tx, { at: createdAt, actor, action: 'market_client.created', subject: client.id });
    });
    return client;
  }

  /** Changes what is given. @throws {MarketError} CLIENT_NOT_FOUND or CLIENT_ORIGIN_REFUSED */
  async change(id: string, { name, origins, enabled }: ClientChange, actor: string): Promise<MarketClient> {
    if (origins) refuseOrigins(origins);
    return inTransaction(this.dataSource, async (tx) => {
      const client = await tx.findOne(MarketClient, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!client) throw new MarketError('CLIENT_NOT_FOUND');
      const at = this.clock.now();
      const disabledAt = enabled === undefined ? client.disabledAt : enabled ? null : (client.disabledAt ?? at);
      const changed = { name: name ?? client.name, origins: [...(origins ?? client.origins)], disabledAt };
      await tx.update(MarketClient, { id }, changed);
      await recordAudit(tx, { at, actor, action: 'market_client.changed', subject: id, data: { disabledAt } });
      // Product lists that were finished for it must not go out any more.
      await bumpRevision(tx, []);
      return Object.assign(client, changed);
    });
  }

  /** Every server, oldest first. */
  async list(): Promise<MarketClient[]> {
    return this.dataSource.manager.find(MarketClient, { order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /** A server that may be answered; undefined when there is none of this id, or it is disabled. */
  async find(id: string, db: EntityManager = this.dataSource.manager): Promise<MarketClient | undefined> {
    return (await db.findOneBy(MarketClient, { id, disabledAt: IsNull() })) ?? undefined;
  }

  /** @throws {MarketError} CLIENT_REFUSED */
  async require(id: string): Promise<MarketClient> {
    const client = await this.find(id);
    if (!client) throw new MarketError('CLIENT_REFUSED');
    return client;
  }
}

function refuseOrigins(origins: readonly string[]): void {
  if (!origins.every(isServerOrigin)) throw new MarketError('CLIENT_ORIGIN_REFUSED');
}

function isServerOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, port } = new URL(text);
  return origin === text && protocol === 'https:' && PORTS.includes(port);
}
