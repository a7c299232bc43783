import { createHash } from 'node:crypto';
import type { CheckoutSessionRequest } from '@hansa/contracts';
import { Clock, defineJob, inTransaction, newId, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { Instance, InstancesService } from '#instances';
import { LicensesService } from '#licenses';
import { CheckoutError } from './checkout.errors.js';
import { Order } from './order.entity.js';
import { newestVersionOf, termsOf } from './order-terms.js';
import { claimRequest, placeOrder } from './orders.repository.js';
import { StripeGateway } from './stripe-gateway.js';

/** How long Stripe's page stays open; Stripe allows at most 24 hours from its own clock. */
const SESSION_SECONDS = 23 * 3_600;
/** A page with less time left is not handed out again, and Stripe opens none for less than half an hour. */
const MIN_SECONDS_LEFT = 31 * 60;
/** How long an `Idempotency-Key` is remembered (federation.md §2). */
const KEY_MEMORY_SECONDS = 24 * 3_600;
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

export const forgetCheckoutRequests = defineJob('forget-checkout-requests', { cron: '17 * * * *' });

/** Who places an order, and the shop it is for. */
interface Buyer {
  readonly instanceId: string;
  /** `@audit` name. */
  readonly actor: string;
}

/** A further payment for a license. */
export interface Extension extends Buyer {
  readonly licenseId: string;
  readonly marketplaceId: string;
  /** Whoever pays. */
  readonly customerEmail: string;
  /** How many more; without it another term for all of them. */
  readonly seats?: number | undefined;
}

@Injectable()
export class CheckoutService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly instances: InstancesService,
    private readonly licenses: LicensesService,
    private readonly stripe: StripeGateway,
  ) {}

  /**
   * Places an order and opens Stripe's page for it. The order is committed before Stripe hears of it, and its id is Stripe's
   * idempotency key: whatever is retried, there is one order and one page.
   *
   * @throws {CheckoutError} every code but STRIPE_SIGNATURE_REFUSED
   * @throws {InstanceError} INSTANCE_ID_REFUSED or INSTANCE_UNKNOWN
   */
  async open(request: CheckoutSessionRequest, idempotencyKey: string | undefined): Promise<Order> {
    this.stripe.requireConfigured();
    if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey)) {
      throw new CheckoutError('IDEMPOTENCY_KEY_MALFORMED');
    }
    const instanceId = await this.instances.readReference(request.instance_id);
    const buyer = { instanceId, actor: `instance:${instanceId}` };
    const order = await inTransaction(this.dataSource, (tx) => this.place(tx, request, buyer, idempotencyKey));
    return this.withPage(order);
  }

  /**
   * Opens Stripe's page for another term of a license, or for more seats of it, at the price of today. The caller knows that it is
   * the buyer's to extend.
   *
   * @throws {CheckoutError} VERSION_NOT_FOUND when nothing of the package can be had, and as `open`
   */
  async extend({ licenseId, marketplaceId, customerEmail, seats, ...buyer }: Extension): Promise<Order> {
    this.stripe.requireConfigured();
    const order = await inTransaction(this.dataSource, async (tx) => {
      const version = await newestVersionOf(tx, marketplaceId);
      if (version === undefined) throw new CheckoutError('VERSION_NOT_FOUND');
      const what = { marketplace_id: marketplaceId, version, license_id: licenseId };
      const who = { customer_email: customerEmail, instance_id: buyer.instanceId };
      return this.place(tx, { ...what, ...who, ...(seats === undefined ? {} : { seats }) }, buyer);
    });
    return this.withPage(order);
  }

  /** The order with its page at Stripe, opened if it was not. */
  private async withPage(order: Order): Promise<Order> {
    if (order.sessionUrl !== null) return order;

    const session = await this.stripe.openSession(order);
    const facts = { stripeSessionId: session.id, sessionUrl: session.url, expiresAt: session.expiresAt };
    await this.dataSource.manager.update(Order, { id: order.id, sessionUrl: IsNull() }, facts);
    return Object.assign(order, facts);
  }

  /** The order a return page is about, with the shop to go back to. Undefined when there is none. */
  async findReturn(orderId: string): Promise<{ order: Order; baseUrl: string } | undefined> {
    const db = this.dataSource.manager;
    const order = await db.findOneBy(Order, { id: orderId });
    const instance = order?.instanceId ? await db.findOneBy(Instance, { id: order.instanceId }) : null;
    return order && instance ? { order, baseUrl: instance.baseUrl } : undefined;
  }

  /** Forgets idempotency keys whose time is over. */
  @OnJob(forgetCheckoutRequests)
  async forgetRequests(): Promise<void> {
    await this.dataSource.query('DELETE FROM checkout_requests WHERE created_at < $1', [
      this.secondsAgo(KEY_MEMORY_SECONDS),
    ]);
  }

  private async place(
    tx: EntityManager,
    request: CheckoutSessionRequest,
    { instanceId, actor }: Buyer,
    idempotencyKey?: string,
  ): Promise<Order> {
    const keyHash = idempotencyKey === undefined ? undefined : digest(instanceId, idempotencyKey);
    if (keyHash) {
      const earlier = await this.earlierOrder(tx, keyHash, request, instanceId);
      if (earlier) return earlier;
    }
    const createdAt = this.clock.now();
    const { commissionPercent } = this.config;
    const terms = await termsOf(tx, request, { at: createdAt, instanceId, commissionPercent });
    const isFirst = terms.purpose === 'purchase' && !terms.isSeparate;
    const held = isFirst && (await this.licenses.findHeld(tx, terms.packageId, instanceId));
    if (held) throw new CheckoutError('ALREADY_LICENSED', { license_id: held.id });

    const id = newId('ord');
    const order = await placeOrder(tx, terms, {
      id,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + SESSION_SECONDS * 1_000),
      reusableUntil: new Date(createdAt.getTime() + MIN_SECONDS_LEFT * 1_000),
    });
    if (order.id === id) {
      await recordAudit(tx, { at: createdAt, actor, action: 'order.opened', subject: id });
    }
    if (keyHash) await tx.query('UPDATE checkout_requests SET order_id = $2 WHERE key_hash = $1', [keyHash, order.id]);
    return order;
  }

  /** The order this key opened before, for a request with the same content. @throws {CheckoutError} IDEMPOTENCY_KEY_REUSED */
  private async earlierOrder(
    tx: EntityManager,
    keyHash: Buffer,
    request: CheckoutSessionRequest,
    instanceId: string,
  ): Promise<Order | undefined> {
    // The instance as it was read: a sealed id looks different every time it is sent.
    const { marketplace_id, version, customer_email, license_id = '', seats = 0, another = false } = request;
    const asked = [license_id, String(seats), String(another)];
    const requestHash = digest(marketplace_id, version, customer_email, instanceId, ...asked);
    const now = this.clock.now();
    const forgottenBefore = this.secondsAgo(KEY_MEMORY_SECONDS);
    const claimed = await claimRequest(tx, { keyHash, requestHash, now, forgottenBefore });
    if (claimed.isNew) return undefined;
    if (!claimed.requestHash.equals(requestHash)) throw new CheckoutError('IDEMPOTENCY_KEY_REUSED');
    return tx.findOneByOrFail(Order, { id: claimed.orderId ?? '' });
  }

  private secondsAgo(seconds: number): Date {
    return new Date(this.clock.now().getTime() - seconds * 1_000);
  }
}

/** A digest of texts that no other list of texts shares. */
function digest(...texts: string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(texts)).digest();
}
