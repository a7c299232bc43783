import { randomBytes } from 'node:crypto';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan } from 'typeorm';
import { recordAudit } from '#audit';
import { Mails } from '#mail';
import { Account, Session } from './account.entity.js';
import { AccountError } from './accounts.errors.js';
import { PasswordReset } from './member.entity.js';
import { hashPassword } from './passwords.js';
import { hashSessionToken } from './secrets.js';

const MINUTES = 60;
/** Of one account that still work: the form is no way to flood an address. */
const MAX_OPEN = 3;

/** For whoever has forgotten the password of an account. */
@Injectable()
export class PasswordResets {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mails: Mails,
  ) {}

  /** Mails a link that sets another password, once; says nothing about whether there is such an account. */
  async ask(email: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const where = { email: email.toLowerCase(), disabledAt: IsNull() };
      const account = await tx.findOne(Account, { where, lock: { mode: 'pessimistic_write' } });
      if (!account) return;
      const createdAt = this.clock.now();
      const open = { accountId: account.id, usedAt: IsNull(), expiresAt: MoreThan(createdAt) };
      if ((await tx.countBy(PasswordReset, open)) >= MAX_OPEN) return;
      const token = randomBytes(32).toString('base64url');
      const expiresAt = new Date(createdAt.getTime() + MINUTES * 60_000);
      await tx.insert(PasswordReset, {
        tokenHash: hashSessionToken(token),
        accountId: account.id,
        createdAt,
        expiresAt,
      });
      await this.mails.queue(tx, {
        template: 'password-reset',
        to: account.email,
        values: { token, minutes: MINUTES },
      });
      const actor = `account:${account.id}`;
      await recordAudit(tx, { at: createdAt, actor, action: 'account.reset_asked', subject: account.id });
    });
  }

  /**
   * Sets the password with the token of a link. Every session ends and every other link with it; the second factor stays.
   *
   * @throws {AccountError} RESET_REFUSED
   */
  async use(token: string, password: string): Promise<void> {
    const passwordHash = await hashPassword(password);
    const at = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      const where = { tokenHash: hashSessionToken(token), usedAt: IsNull(), expiresAt: MoreThan(at) };
      // Locked: of two who use one link at once, one sets the password.
      const reset = await tx.findOne(PasswordReset, { where, lock: { mode: 'pessimistic_write' } });
      if (!reset) throw new AccountError('RESET_REFUSED');
      const { accountId } = reset;
      await tx.update(PasswordReset, { accountId, usedAt: IsNull() }, { usedAt: at });
      await tx.update(Account, { id: accountId }, { passwordHash });
      // Whoever reads the letter has proven the address.
      await tx.update(Account, { id: accountId, emailVerifiedAt: IsNull() }, { emailVerifiedAt: at });
      await tx.delete(Session, { accountId });
      await recordAudit(tx, {
        at,
        actor: `account:${accountId}`,
        action: 'account.password_reset',
        subject: accountId,
      });
    });
  }
}
