import { randomBytes } from 'node:crypto';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { Mails } from '#mail';
import { Account } from './account.entity.js';
import { AccountError } from './accounts.errors.js';
import { PublisherInvitation, PublisherMember, type MemberRole } from './member.entity.js';
import { Publisher } from './publisher.entity.js';
import { hashSessionToken } from './secrets.js';

const INVITATION_DAYS = 7;
const MAX_OPEN_INVITATIONS = 20;

export interface MemberView {
  readonly accountId: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly joinedAt: Date;
}

export interface Membership {
  readonly publisherId: string;
  readonly name: string;
  readonly role: MemberRole;
}

/** Who acts for a publisher. */
@Injectable()
export class MembersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mails: Mails,
  ) {}

  /** The role of an account with a publisher, if it has one. */
  async roleOf(publisherId: string, accountId: string): Promise<MemberRole | undefined> {
    return (await this.dataSource.manager.findOneBy(PublisherMember, { publisherId, accountId }))?.role;
  }

  /** The publishers an account acts for, by name. */
  async publishersOf(accountId: string): Promise<Membership[]> {
    return this.dataSource.query<Membership[]>(
      `SELECT p.id AS "publisherId", p.name, m.role FROM publisher_members m JOIN publishers p ON p.id = m.publisher_id
        WHERE m.account_id = $1 ORDER BY p.name, p.id`,
      [accountId],
    );
  }

  /** Everybody who acts for a publisher, longest first. */
  async list(publisherId: string): Promise<MemberView[]> {
    return this.dataSource.query<MemberView[]>(
      `SELECT a.id AS "accountId", a.email, m.role, m.joined_at AS "joinedAt" FROM publisher_members m
         JOIN accounts a ON a.id = m.account_id WHERE m.publisher_id = $1 ORDER BY m.joined_at, a.id`,
      [publisherId],
    );
  }

  /** Mails an offer to become a member. @throws {AccountError} INVITATION_LIMIT */
  async invite(publisherId: string, email: string, role: MemberRole, actor: string): Promise<void> {
    const token = `hinv_${randomBytes(32).toString('base64url')}`;
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + INVITATION_DAYS * 86_400_000);
    await inTransaction(this.dataSource, async (tx) => {
      const publisher = await lockPublisher(tx, publisherId);
      const open = { publisherId, acceptedAt: IsNull(), expiresAt: MoreThan(createdAt) };
      if ((await tx.countBy(PublisherInvitation, open)) >= MAX_OPEN_INVITATIONS)
        throw new AccountError('INVITATION_LIMIT');
      const address = email.toLowerCase();
      const tokenHash = hashSessionToken(token);
      await tx.insert(PublisherInvitation, {
        tokenHash,
        publisherId,
        email: address,
        role,
        invitedBy: actor,
        createdAt,
        expiresAt,
      });
      const values = { publisher: publisher.name, role, token, days: INVITATION_DAYS };
      await this.mails.queue(tx, { template: 'publisher-invitation', to: address, values });
      await recordAudit(tx, { at: createdAt, actor, action: 'member.invited', subject: publisherId, data: { role } });
    });
  }

  /**
   * Takes an offer. It is for the address it was sent to: a forwarded letter lets nobody in. Taking it again changes nothing.
   *
   * @throws {AccountError} INVITATION_REFUSED
   */
  async accept(account: Account, token: string): Promise<Membership> {
    const at = this.clock.now();
    return inTransaction(this.dataSource, async (tx) => {
      const where = { tokenHash: hashSessionToken(token), expiresAt: MoreThan(at) };
      const offer = await tx.findOne(PublisherInvitation, { where, lock: { mode: 'pessimistic_write' } });
      if (offer?.email !== account.email) throw new AccountError('INVITATION_REFUSED');
      const { publisherId, role } = offer;
      const { name } = await tx.findOneByOrFail(Publisher, { id: publisherId });
      if (offer.acceptedAt) {
        const known = await tx.findOneBy(PublisherMember, { publisherId, accountId: account.id });
        if (!known) throw new AccountError('INVITATION_REFUSED');
        return { publisherId, name, role: known.role };
      }
      await tx.update(PublisherInvitation, { tokenHash: offer.tokenHash }, { acceptedAt: at });
      await tx.query(
        `INSERT INTO publisher_members (publisher_id, account_id, role, joined_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (publisher_id, account_id) DO NOTHING`,
        [publisherId, account.id, role, at],
      );
      const data = { accountId: account.id, role };
      await recordAudit(tx, {
        at,
        actor: `account:${account.id}`,
        action: 'member.joined',
        subject: publisherId,
        data,
      });
      return { publisherId, name, role };
    });
  }

  /** Gives a member another role. @throws {AccountError} MEMBER_NOT_FOUND or LAST_OWNER */
  async changeRole(publisherId: string, accountId: string, role: MemberRole, actor: string): Promise<void> {
    await this.change(publisherId, accountId, role, actor);
  }

  /** Ends a membership; sessions lose its rights with the next request. @throws {AccountError} MEMBER_NOT_FOUND or LAST_OWNER */
  async remove(publisherId: string, accountId: string, actor: string): Promise<void> {
    await this.change(publisherId, accountId, undefined, actor);
  }

  private async change(
    publisherId: string,
    accountId: string,
    role: MemberRole | undefined,
    actor: string,
  ): Promise<void> {
    const at = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      // Locked by publisher: two owners who remove each other at once must not leave none.
      await lockPublisher(tx, publisherId);
      const member = await tx.findOneBy(PublisherMember, { publisherId, accountId });
      if (!member) throw new AccountError('MEMBER_NOT_FOUND');
      const owners = await tx.countBy(PublisherMember, { publisherId, role: 'owner' });
      if (member.role === 'owner' && role !== 'owner' && owners === 1) throw new AccountError('LAST_OWNER');
      if (role === undefined) await tx.delete(PublisherMember, { publisherId, accountId });
      else await tx.update(PublisherMember, { publisherId, accountId }, { role });
      const action = role === undefined ? 'member.removed' : 'member.role_changed';
      await recordAudit(tx, { at, actor, action, subject: publisherId, data: { accountId, role: role ?? null } });
    });
  }
}

export function lockPublisher(tx: EntityManager, id: string): Promise<Publisher> {
  return tx.findOneOrFail(Publisher, { where: { id }, lock: { mode: 'pessimistic_write' } });
}
