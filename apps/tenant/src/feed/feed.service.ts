import { createHash, randomUUID } from 'node:crypto';
import {
  type Channel,
  type CheckoutSessionResponse,
  FeedQuery,
  type FeedResponse,
  type LicenseState,
  type ProductResponse,
  type UpdatesResponse,
} from '@hansa/contracts';
import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TenantConfig } from '#config';
import { HubError, HubService } from '#hub';
import type { CheckoutRequest } from './checkout-request.js';
import { HubAnswer } from './hub-answer.entity.js';

/** An answer of the hub, or the last good one with the moment it is from. */
export type MaybeStale<T> = T & { readonly stale_since?: string };

/** What this shop holds of a product it has a license for. */
export interface Holding {
  readonly license_id: string | null;
  /** What the license lets its plugin do. */
  readonly state: LicenseState;
  /** The last moment whose releases it covers (RFC 3339); null for all. */
  readonly updates_until: string | null;
}

/** Answers kept; the oldest make room. */
const ANSWERS_KEPT = 500;

/** The shop's window on the hub's catalog: what its browsers ask, so that none of them talks to the hub. */
@Injectable()
export class FeedService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly hub: HubService,
  ) {}

  /** The catalog as this shop's platform can run it. @throws {HubError | HubRefusal} when no earlier answer is kept */
  async feed(query: FeedQuery): Promise<MaybeStale<FeedResponse>> {
    const asked = Object.assign(new FeedQuery(), query);
    asked.platform_version ??= this.config.platformVersion;
    return this.remembered('feed', asked, () => this.hub.ask((client) => client.feed(asked)));
  }

  /** One product with all versions. @throws {HubError | HubRefusal} */
  async product(marketplaceId: string): Promise<MaybeStale<ProductResponse>> {
    return this.remembered('product', marketplaceId, () => this.hub.ask((client) => client.product(marketplaceId)));
  }

  /** What this shop holds of these products, by their marketplace ids. By table: licenses lie above the feed. */
  async holdings(marketplaceIds: readonly string[]): Promise<ReadonlyMap<string, Holding>> {
    const rows: (Omit<Holding, 'updates_until'> & { marketplace_id: string; updates_until: Date | null })[] =
      await this.dataSource.query(
        `SELECT marketplace_id, license_id, standing AS state, updates_until FROM licenses WHERE marketplace_id = ANY ($1::text[])`,
        [marketplaceIds],
      );
    return new Map(
      rows.map(({ marketplace_id: id, license_id, state, updates_until: until }) => [
        id,
        { license_id, state, updates_until: until?.toISOString() ?? null },
      ]),
    );
  }

  /** What is newer than `versions`. @throws {HubError | HubRefusal} */
  async updates(versions: Record<string, string>, channel?: Channel): Promise<MaybeStale<UpdatesResponse>> {
    const asked = { versions, platform_version: this.config.platformVersion, ...(channel ? { channel } : {}) };
    return this.remembered('updates', asked, () => this.hub.ask((client) => client.updates(asked)));
  }

  /**
   * Opens the payment page for this shop. A repeated `idempotencyKey` opens no second one.
   *
   * @throws {HubError | HubRefusal} ITEM_IS_FREE, ALREADY_LICENSED, INSTANCE_UNKNOWN and whatever else the hub says
   */
  async checkout(request: CheckoutRequest, idempotencyKey: string = randomUUID()): Promise<CheckoutSessionResponse> {
    const { marketplace_id, customer_email } = request;
    const version = request.version ?? (await this.product(marketplace_id)).product.version;
    return this.hub.ask(async (client) => {
      const instance_id = await this.hub.sealedInstanceId();
      return client.checkout({ marketplace_id, version, customer_email, instance_id }, idempotencyKey);
    });
  }

  /** From when the newest answer is that is kept; null when none is. */
  async newestAnswerAt(): Promise<Date | null> {
    const [newest] = await this.dataSource.manager.find(HubAnswer, { order: { answeredAt: 'DESC' }, take: 1 });
    return newest?.answeredAt ?? null;
  }

  private async remembered<T extends object>(
    kind: string,
    question: unknown,
    ask: () => Promise<T>,
  ): Promise<MaybeStale<T>> {
    const digest = createHash('sha256')
      .update(JSON.stringify([this.config.federation?.url, question]))
      .digest('hex');
    const key = `${kind}:${digest}`;
    try {
      const body = await ask();
      await this.keep(key, body);
      return body;
    } catch (error) {
      if (!(error instanceof HubError) || error.code === 'FEDERATION_NOT_CONFIGURED') throw error;
      const kept = await this.dataSource.manager.findOneBy(HubAnswer, { key });
      if (!kept) throw error;
      return { ...(kept.body as T), stale_since: kept.answeredAt.toISOString() };
    }
  }

  private async keep(key: string, body: object): Promise<void> {
    const db = this.dataSource.manager;
    await db.upsert(HubAnswer, { key, body, answeredAt: this.clock.now() }, ['key']);
    await db.query(
      `DELETE FROM hub_answers WHERE key IN (SELECT key FROM hub_answers ORDER BY answered_at DESC, key OFFSET $1)`,
      [ANSWERS_KEPT],
    );
  }
}
