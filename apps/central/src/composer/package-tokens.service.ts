import { Clock, inTransaction, newId, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { hashSecret, newCheckedToken } from '#tokens';
import { AccessLedger } from './access-ledger.js';
import { ComposerError } from './composer.errors.js';
import { keepAnswer, recallAnswer } from './idempotent-answer.js';
import { PackageToken, PackageTokenEntitlement } from './package-token.entity.js';
import type { ChangePackageTokenRequest, CreatePackageTokenRequest } from './package-tokens.dto.js';
import {
  addEntitlements,
  claimOrder,
  countCustomers,
  findForeignPrefixes,
  findPackageToken,
  findTokenOfOrder,
  listCustomers,
  listPackageTokens,
  lockCustomer,
  lockPackageToken,
  lockTokenOfCustomer,
  moveOrder,
  replacePrefixes,
  type CustomerRow,
  type PackageTokenRow,
} from './package-tokens.repository.js';

/** Kind of the tokens customers hold. */
export const PACKAGE_TOKEN_PREFIX = 'hpkt';
/** Requests an hour when the seller names no limit. */
export const DEFAULT_RATE_LIMIT = 1_000;

/** Who manages tokens: a publisher, or the operator, who may open every package. */
export interface Issuer {
  readonly publisherId: string | null;
  /** As the audit log names it. */
  readonly actor: string;
}

/** What a creation did. `secret` is there the first time; `status` is what it is called over HTTP. */
export interface Created {
  readonly status: 200 | 201;
  readonly id: string;
  readonly secret?: string;
}

@Injectable()
export class PackageTokensService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
    private readonly ledger: AccessLedger,
  ) {}

  /**
   * Makes a token for a customer, or with `extend` adds to the one he has. The same order again is the same token, without its
   * secret; the same idempotency key within 24 hours is the same answer, with it.
   *
   * @throws {ComposerError} EXPIRY_IN_PAST, PREFIX_NOT_OWNED, PREFIXES_REQUIRED, CUSTOMER_REQUIRED, IDEMPOTENCY_KEY_MALFORMED
   *   or IDEMPOTENCY_KEY_REUSED
   */
  async create(issuer: Issuer, request: CreatePackageTokenRequest, idempotencyKey?: string): Promise<Created> {
    const now = this.clock.now();
    const made = await inTransaction(this.dataSource, async (tx) => {
      const key = issuerKey(issuer);
      const attempt = idempotencyKey === undefined ? undefined : { issuer: key, key: idempotencyKey, request, now };
      const earlier = attempt && (await recallAnswer<Created>(tx, this.secretBox, attempt));
      if (earlier) return earlier;
      await this.refuse(tx, issuer, request, now);
      const created = await this.createOrExtend(tx, issuer, request, now);
      if (attempt) await keepAnswer(tx, this.secretBox, attempt, created);
      return created;
    });
    this.ledger.forget(made.id);
    return made;
  }

  /**
   * Renews, renames, limits or narrows a token. A new expiry is that of every right; new prefixes take the place of the old ones,
   * and what stays keeps its end and its order, so that a refund still takes it away. Rights of licenses stay as they are.
   *
   * @throws {ComposerError} PACKAGE_TOKEN_NOT_FOUND, PACKAGE_TOKEN_REVOKED, EXPIRY_IN_PAST or PREFIX_NOT_OWNED
   */
  async change(issuer: Issuer, id: string, request: ChangePackageTokenRequest): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      const token = await lockPackageToken(tx, issuerKey(issuer), id);
      if (!token) throw new ComposerError('PACKAGE_TOKEN_NOT_FOUND');
      if (token.revokedAt) throw new ComposerError('PACKAGE_TOKEN_REVOKED');
      await this.refuse(tx, issuer, request, now);
      const expiresAt = request.expires_at === undefined ? token.expiresAt : dateOf(request.expires_at);
      const description = request.description ?? token.description;
      const rateLimitMax = request.rate_limit_max ?? token.rateLimitMax;
      const revision = nextRevision(token);
      await tx.update(PackageToken, { id }, { description, expiresAt, rateLimitMax, revision });
      if (request.allowed_package_prefixes)
        await replacePrefixes(tx, { tokenId: id, prefixes: request.allowed_package_prefixes, expiresAt, now });
      if (request.expires_at !== undefined)
        await tx.update(PackageTokenEntitlement, { tokenId: id, licenseId: IsNull() }, { expiresAt });
      const data = { changed: Object.keys(request), prefixes: request.allowed_package_prefixes ?? null };
      await recordAudit(tx, { at: now, actor: issuer.actor, action: 'package_token.changed', subject: id, data });
    });
    this.ledger.forget(id);
  }

  /** Ends a token at once. Ending it again changes nothing. @throws {ComposerError} PACKAGE_TOKEN_NOT_FOUND */
  async revoke(issuer: Issuer, id: string): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      const token = await lockPackageToken(tx, issuerKey(issuer), id);
      if (!token) throw new ComposerError('PACKAGE_TOKEN_NOT_FOUND');
      if (token.revokedAt) return;
      await tx.update(PackageToken, { id }, { revokedAt: now, revision: nextRevision(token) });
      await recordAudit(tx, { at: now, actor: issuer.actor, action: 'package_token.revoked', subject: id });
    });
    this.ledger.forget(id);
  }

  /**
   * Takes away what an order brought: a refund, a cancellation. A token that has no other right is revoked; doing it again
   * changes nothing.
   *
   * @throws {ComposerError} ORDER_NOT_FOUND
   */
  async withdrawOrder(issuer: Issuer, orderId: string): Promise<void> {
    const now = this.clock.now();
    const id = await inTransaction(this.dataSource, async (tx) => {
      const tokenId = await findTokenOfOrder(tx, issuerKey(issuer), orderId);
      const token = tokenId === undefined ? null : await lockPackageToken(tx, issuerKey(issuer), tokenId);
      if (!token) throw new ComposerError('ORDER_NOT_FOUND');
      const { affected } = await tx.delete(PackageTokenEntitlement, { tokenId: token.id, orderId });
      if (!affected) return token.id;
      const left = await tx.findBy(PackageTokenEntitlement, { tokenId: token.id });
      const expiresAt = left.map((right) => right.expiresAt).reduce(laterOf, new Date(0));
      const change = left.length > 0 ? { expiresAt } : { revokedAt: token.revokedAt ?? now };
      await tx.update(PackageToken, { id: token.id }, { ...change, revision: nextRevision(token) });
      const action = left.length > 0 ? 'package_token.withdrawn' : 'package_token.revoked';
      await recordAudit(tx, { at: now, actor: issuer.actor, action, subject: token.id, data: { orderId } });
      return token.id;
    });
    this.ledger.forget(id);
  }

  /** Tokens that are not revoked, newest first. */
  async list(issuer: Issuer, customerId: string | null): Promise<PackageTokenRow[]> {
    return listPackageTokens(this.dataSource.manager, issuerKey(issuer), customerId);
  }

  /** One token and what it opens. @throws {ComposerError} PACKAGE_TOKEN_NOT_FOUND */
  async find(issuer: Issuer, id: string): Promise<{ row: PackageTokenRow; entitlements: PackageTokenEntitlement[] }> {
    const db = this.dataSource.manager;
    const row = await findPackageToken(db, issuerKey(issuer), id);
    if (!row) throw new ComposerError('PACKAGE_TOKEN_NOT_FOUND');
    return {
      row,
      entitlements: await db.find(PackageTokenEntitlement, { where: { tokenId: id }, order: { id: 'ASC' } }),
    };
  }

  /** The customers tokens were made for, and how many there are. */
  async customers(
    issuer: Issuer,
    page: { limit: number; offset: number },
  ): Promise<{ items: CustomerRow[]; count: number }> {
    const db = this.dataSource.manager;
    const items = await listCustomers(db, issuerKey(issuer), page);
    return { items, count: await countCustomers(db, issuerKey(issuer)) };
  }

  private async createOrExtend(
    tx: EntityManager,
    issuer: Issuer,
    request: CreatePackageTokenRequest,
    now: Date,
  ): Promise<Created> {
    const { customer_id: customerId, order_id: orderId } = request.metadata ?? {};
    const key = issuerKey(issuer);
    const id = newId('token');
    const known = orderId == null ? undefined : await claimOrder(tx, { issuer: key, orderId, tokenId: id });
    if (known !== undefined) return { status: 200, id: known };
    if (request.extend) {
      if (customerId == null) throw new ComposerError('CUSTOMER_REQUIRED');
      if (!request.allowed_package_prefixes) throw new ComposerError('PREFIXES_REQUIRED');
      await lockCustomer(tx, key, customerId);
      const token = await lockTokenOfCustomer(tx, key, customerId);
      if (token) return this.extend(tx, issuer, token, request, now);
    }
    return this.insert(tx, issuer, id, request, now);
  }

  private async insert(
    tx: EntityManager,
    issuer: Issuer,
    id: string,
    request: CreatePackageTokenRequest,
    now: Date,
  ): Promise<Created> {
    const secret = newCheckedToken(PACKAGE_TOKEN_PREFIX);
    const { customer_id, customer_email, order_id } = request.metadata ?? {};
    const expiresAt = dateOf(request.expires_at);
    await tx.insert(PackageToken, {
      id,
      issuer: issuerKey(issuer),
      tokenHash: hashSecret(secret),
      description: request.description,
      rateLimitMax: request.rate_limit_max ?? DEFAULT_RATE_LIMIT,
      customerId: customer_id ?? null,
      customerEmail: customer_email ?? null,
      createdAt: now,
      expiresAt,
      revokedAt: null,
      revision: '1',
    });
    const prefixes = request.allowed_package_prefixes ?? [];
    await addEntitlements(tx, { tokenId: id, prefixes, orderId: order_id, expiresAt, now });
    const data = { orderId: order_id ?? null, prefixes };
    await recordAudit(tx, { at: now, actor: issuer.actor, action: 'package_token.created', subject: id, data });
    return { status: 201, id, secret };
  }

  /** The token lives as long as its longest right; each right keeps its own end. */
  private async extend(
    tx: EntityManager,
    issuer: Issuer,
    token: PackageToken,
    request: CreatePackageTokenRequest,
    now: Date,
  ): Promise<Created> {
    const { id } = token;
    const orderId = request.metadata?.order_id;
    if (orderId != null) await moveOrder(tx, issuerKey(issuer), orderId, id);
    const expiresAt = dateOf(request.expires_at);
    const prefixes = request.allowed_package_prefixes ?? [];
    await addEntitlements(tx, { tokenId: id, prefixes, orderId, expiresAt, now });
    const rateLimitMax = Math.max(token.rateLimitMax, request.rate_limit_max ?? 0);
    const revision = nextRevision(token);
    await tx.update(PackageToken, { id }, { expiresAt: laterOf(token.expiresAt, expiresAt), rateLimitMax, revision });
    const data = { orderId: orderId ?? null, prefixes };
    await recordAudit(tx, { at: now, actor: issuer.actor, action: 'package_token.extended', subject: id, data });
    return { status: 200, id };
  }

  /** A publisher sells its own packages only: another vendor's prefix is refused here, not when a customer reads. */
  private async refuse(
    tx: EntityManager,
    { publisherId }: Issuer,
    request: Pick<ChangePackageTokenRequest, 'expires_at' | 'allowed_package_prefixes'>,
    now: Date,
  ): Promise<void> {
    if (request.expires_at != null && request.expires_at * 1_000 <= now.getTime()) {
      throw new ComposerError('EXPIRY_IN_PAST');
    }
    if (publisherId === null || !request.allowed_package_prefixes) return;
    const foreign = await findForeignPrefixes(tx, publisherId, request.allowed_package_prefixes);
    if (foreign.length > 0) throw new ComposerError('PREFIX_NOT_OWNED', { prefixes: foreign });
  }
}

/** The later of two ends; null means never and is the latest. */
export function laterOf(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return null;
  return a > b ? a : b;
}

/** The revision of a token after one more change. */
export function nextRevision({ revision }: PackageToken): string {
  return String(BigInt(revision) + 1n);
}

function issuerKey({ publisherId }: Issuer): string {
  return publisherId ?? 'operator';
}

function dateOf(seconds: number | null | undefined): Date | null {
  return seconds == null ? null : new Date(seconds * 1_000);
}
