import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { AccountError } from './accounts.errors.js';
import { MerchantMembership, type MerchantRole } from './merchant.entity.js';

const RANK: Readonly<Record<MerchantRole, number>> = { member: 0, admin: 1, owner: 2 };

export interface ShopMember {
  /** Null for somebody who was invited and has not come yet. */
  readonly account_id: string | null;
  /** Null for the shop's own account, which has no e-mail. */
  readonly email: string | null;
  readonly role: MerchantRole;
}

export interface MerchantShop {
  readonly instance_id: string;
  readonly base_url: string;
  readonly environment: string;
  readonly role: MerchantRole;
}

/** Who belongs to which shop. What somebody may not see is answered as if it did not exist. */
@Injectable()
export class ShopMembers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The shops of an account. */
  async listShops(accountId: string): Promise<MerchantShop[]> {
    return this.dataSource.query(
      `SELECT m.instance_id, i.base_url, i.environment, m.role FROM merchant_memberships m JOIN instances i ON i.id = m.instance_id
        WHERE m.account_id = $1 AND m.ended_at IS NULL ORDER BY m.joined_at, m.instance_id`,
      [accountId],
    );
  }

  /** Members of a shop, and who is invited to it. @throws {AccountError} SHOP_NOT_FOUND */
  async list(accountId: string, instanceId: string): Promise<ShopMember[]> {
    await this.require(this.dataSource.manager, accountId, instanceId, 'member');
    return this.dataSource.query(
      `SELECT a.id AS account_id, CASE WHEN a.email_generated THEN NULL ELSE a.email END AS email, m.role
         FROM merchant_memberships m JOIN merchant_accounts a ON a.id = m.account_id
        WHERE m.instance_id = $1 AND m.ended_at IS NULL
       UNION ALL SELECT NULL, email, role FROM merchant_invitations WHERE instance_id = $1 ORDER BY email`,
      [instanceId],
    );
  }

  /**
   * Invites somebody by e-mail, who is a member once he has proven the address. Inviting again changes the role.
   *
   * @throws {AccountError} SHOP_NOT_FOUND or ROLE_REQUIRED
   */
  async invite(
    tx: EntityManager,
    accountId: string,
    invitation: { readonly instanceId: string; readonly email: string; readonly role: MerchantRole },
  ): Promise<void> {
    const { instanceId, role } = invitation;
    await this.require(tx, accountId, instanceId, 'owner');
    const at = this.clock.now();
    await tx.query(
      `INSERT INTO merchant_invitations (email, instance_id, role, invited_by, invited_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (email, instance_id) DO UPDATE SET role = excluded.role, invited_by = excluded.invited_by`,
      [invitation.email.toLowerCase(), instanceId, role, accountId, at],
    );
    const actor = `merchant:${accountId}`;
    await recordAudit(tx, { at, actor, action: 'shop_member.invited', subject: instanceId, data: { role } });
  }

  /**
   * Gives a member another role, or ends the membership (null). A shop keeps an owner.
   *
   * @throws {AccountError} SHOP_NOT_FOUND, ROLE_REQUIRED, MEMBER_NOT_FOUND or LAST_OWNER
   */
  async change(accountId: string, instanceId: string, memberId: string, role: MerchantRole | null): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      // The whole shop, or two owners could each make the other the last.
      await tx.query('SELECT 1 FROM merchant_memberships WHERE instance_id = $1 ORDER BY account_id FOR UPDATE', [
        instanceId,
      ]);
      await this.require(tx, accountId, instanceId, memberId === accountId && role === null ? 'member' : 'owner');
      const [member]: { role: MerchantRole; owners: number }[] = await tx.query(
        `SELECT m.role, (SELECT count(*)::int FROM merchant_memberships o
            WHERE o.instance_id = m.instance_id AND o.role = 'owner' AND o.ended_at IS NULL) AS owners
           FROM merchant_memberships m WHERE m.instance_id = $1 AND m.account_id = $2 AND m.ended_at IS NULL`,
        [instanceId, memberId],
      );
      if (!member) throw new AccountError('MEMBER_NOT_FOUND');
      if (member.role === 'owner' && role !== 'owner' && member.owners === 1) throw new AccountError('LAST_OWNER');
      const at = this.clock.now();
      const change = role === null ? { endedAt: at } : { role };
      await tx.update(MerchantMembership, { accountId: memberId, instanceId }, change);
      const actor = `merchant:${accountId}`;
      const data = { memberId, role };
      await recordAudit(tx, { at, actor, action: 'shop_member.changed', subject: instanceId, data });
    });
  }

  /** @throws {AccountError} SHOP_NOT_FOUND when the account is no member, ROLE_REQUIRED when its role is a lower one */
  async require(db: EntityManager, accountId: string, instanceId: string, role: MerchantRole): Promise<void> {
    const [row]: { role: MerchantRole }[] = await db.query(
      'SELECT role FROM merchant_memberships WHERE account_id = $1 AND instance_id = $2 AND ended_at IS NULL',
      [accountId, instanceId],
    );
    if (!row) throw new AccountError('SHOP_NOT_FOUND');
    if (RANK[row.role] < RANK[role]) throw new AccountError('ROLE_REQUIRED');
  }
}
