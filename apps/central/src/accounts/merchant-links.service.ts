import { randomBytes } from 'node:crypto';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { AccountError } from './accounts.errors.js';
import {
  accountOfEmail,
  accountOfSession,
  accountOfShop,
  claimInvitations,
  joinShop,
  openSession,
  proveEmail,
  takeLink,
  type FoundAccount,
  type LinkSubject,
} from './merchant-links.repository.js';
import { hashMerchantToken, newMerchantSession } from './merchant-sessions.js';

/** How long a link is good for. A shop opens its own at once; a mail has to arrive first. */
const MINUTES = { email: 15, shop: 2 } as const;
/** Links an address may be sent in an hour: more would fill somebody's mailbox. */
const LINKS_PER_HOUR = 5;
const TOKEN = /^hlnk_[A-Za-z0-9_-]{43}$/;

export interface MadeLink {
  readonly url: string;
  readonly minutes: number;
  readonly expiresAt: Date;
}

export interface RedeemedLink {
  /** Shown once. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** Links that sign merchants in to the portal: single-use, short-lived, and only their SHA-256 is kept. */
@Injectable()
export class MerchantLinks {
  private readonly store: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
  ) {
    this.store = new URL(config.hubUrl).host;
  }

  /** A link, whose token is in its address and nowhere else. Null when the address was sent too many in the last hour. */
  async make(tx: EntityManager, subject: LinkSubject): Promise<MadeLink | null> {
    const createdAt = this.clock.now();
    const email = 'email' in subject ? subject.email.toLowerCase() : null;
    const instanceId = 'email' in subject ? null : subject.instanceId;
    if (email !== null && (await this.countRecent(tx, email, createdAt)) >= LINKS_PER_HOUR) return null;
    const token = `hlnk_${randomBytes(32).toString('base64url')}`;
    const minutes = email === null ? MINUTES.shop : MINUTES.email;
    const expiresAt = new Date(createdAt.getTime() + minutes * 60_000);
    await tx.query(
      'INSERT INTO merchant_links (token_hash, email, instance_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)',
      [hashMerchantToken(token), email, instanceId, createdAt, expiresAt],
    );
    return { url: `${this.config.hubUrl}/portal/sign-in?token=${token}`, minutes, expiresAt };
  }

  /**
   * Signs a browser in with a link, once. A shop's link adds the shop to the account that is signed in already, when that has
   * proven its e-mail; otherwise it signs in to the shop's own account.
   *
   * @throws {AccountError} LINK_REFUSED or MERCHANT_NOT_ALLOWED
   */
  async redeem(linkToken: string, previousToken: string | undefined): Promise<RedeemedLink> {
    if (!TOKEN.test(linkToken)) throw new AccountError('LINK_REFUSED');
    const now = this.clock.now();
    const { token, session } = newMerchantSession(now, previousToken);
    return inTransaction(this.dataSource, async (tx) => {
      const subject = await takeLink(tx, hashMerchantToken(linkToken), now);
      if (!subject) throw new AccountError('LINK_REFUSED');
      const account =
        'email' in subject
          ? await this.enterByEmail(tx, subject.email, now)
          : await this.enterByShop(tx, subject.instanceId, previousToken, now);
      await openSession(tx, account.id, session);
      const actor = `merchant:${account.id}`;
      const data = 'email' in subject ? {} : { instanceId: subject.instanceId };
      await recordAudit(tx, { at: now, actor, action: 'merchant.signed_in', subject: account.id, data });
      return { token, expiresAt: session.expiresAt };
    });
  }

  /** Forgets links that have expired; those of the last hour are still counted. */
  async sweep(): Promise<void> {
    const hourAgo = new Date(this.clock.now().getTime() - 3_600_000);
    await this.dataSource.query('DELETE FROM merchant_links WHERE expires_at < $1', [hourAgo]);
  }

  private async enterByEmail(tx: EntityManager, email: string, now: Date): Promise<FoundAccount> {
    const account = await accountOfEmail(tx, this.store, email, now);
    if (account.isBarred) throw new AccountError('MERCHANT_NOT_ALLOWED');
    if (!account.isProven) await proveEmail(tx, account.id, now);
    await claimInvitations(tx, account, now);
    return account;
  }

  private async enterByShop(
    tx: EntityManager,
    instanceId: string,
    previousToken: string | undefined,
    now: Date,
  ): Promise<FoundAccount> {
    const current = previousToken && (await accountOfSession(tx, hashMerchantToken(previousToken), now));
    const account = current && current.isProven ? current : await accountOfShop(tx, this.store, instanceId, now);
    if (account.isBarred) throw new AccountError('MERCHANT_NOT_ALLOWED');
    await joinShop(tx, { accountId: account.id, instanceId, role: 'owner', at: now });
    return account;
  }

  private async countRecent(tx: EntityManager, email: string, now: Date): Promise<number> {
    // One asker at a time for an address: several at once would each count before the others wrote.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`merchant-link:${email}`]);
    const [row]: { count: number }[] = await tx.query(
      'SELECT count(*)::int AS count FROM merchant_links WHERE email = $1 AND created_at > $2',
      [email, new Date(now.getTime() - 3_600_000)],
    );
    return row!.count;
  }
}
