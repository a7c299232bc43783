import { Clock, inTransaction, isUniqueViolation, newId, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan, Not, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { Account, Session } from './account.entity.js';
import { AccountError } from './accounts.errors.js';
import { hashPassword, passwordMatches } from './passwords.js';
import { newTotpSecret, totpStepOf, totpUri } from './second-factor.js';
import { hashSessionToken, newSessionToken } from './secrets.js';

export const SESSION_SECONDS = 12 * 3_600;

/** Signing in and what it takes. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
    private readonly config: CentralConfig,
  ) {}

  /** Makes an operator account. @throws {AccountError} EMAIL_TAKEN */
  async createOperator(email: string, password: string, actor: string): Promise<Account> {
    const passwordHash = await hashPassword(password);
    const now = this.clock.now();
    const id = newId('acc');
    return inTransaction(this.dataSource, async (tx) => {
      try {
        const address = email.toLowerCase();
        await tx.insert(Account, {
          id,
          email: address,
          passwordHash,
          isOperator: true,
          createdAt: now,
          emailVerifiedAt: now,
        });
      } catch (error) {
        if (isUniqueViolation(error, 'accounts_email_key')) throw new AccountError('EMAIL_TAKEN');
        throw error;
      }
      await recordAudit(tx, { at: now, actor, action: 'operator.created', subject: id });
      return tx.findOneByOrFail(Account, { id });
    });
  }

  /**
   * Opens a session and hands out its token, once.
   *
   * @throws {AccountError} SIGN_IN_FAILED; with the right password EMAIL_UNVERIFIED, SECOND_FACTOR_REQUIRED or
   *   SECOND_FACTOR_REFUSED
   */
  async signIn(email: string, password: string, code?: string): Promise<{ token: string; expiresAt: Date }> {
    const address = email.toLowerCase();
    const known = await this.dataSource.manager.findOneBy(Account, { email: address, disabledAt: IsNull() });
    if (!(await passwordMatches(known?.passwordHash, password)) || !known) throw new AccountError('SIGN_IN_FAILED');
    const token = newSessionToken();
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + SESSION_SECONDS * 1_000);
    await inTransaction(this.dataSource, async (tx) => {
      const account = await lockAccount(tx, known.id);
      if (!account.emailVerifiedAt) throw new AccountError('EMAIL_UNVERIFIED');
      if (account.totpEnabledAt) await this.useSecondFactor(tx, account, code);
      await tx.insert(Session, { tokenHash: hashSessionToken(token), accountId: account.id, createdAt, expiresAt });
    });
    return { token, expiresAt };
  }

  /** The account of a live session, or undefined. */
  async findBySession(token: string): Promise<Account | undefined> {
    const db = this.dataSource.manager;
    const session = await db.findOneBy(Session, {
      tokenHash: hashSessionToken(token),
      expiresAt: MoreThan(this.clock.now()),
    });
    if (!session) return undefined;
    return (await db.findOneBy(Account, { id: session.accountId, disabledAt: IsNull() })) ?? undefined;
  }

  /** Ends a session; one that is gone already is fine. */
  async signOut(token: string): Promise<void> {
    await this.dataSource.manager.delete(Session, { tokenHash: hashSessionToken(token) });
  }

  /**
   * Sets another password. Every other session ends: whoever knew the old one is out.
   *
   * @throws {AccountError} SIGN_IN_FAILED when the present password is wrong
   */
  async changePassword(accountId: string, present: string, next: string, session: string): Promise<void> {
    const passwordHash = await hashPassword(next);
    await this.confirmPassword(accountId, present);
    await inTransaction(this.dataSource, async (tx) => {
      await tx.update(Account, { id: accountId }, { passwordHash });
      await tx.delete(Session, { accountId, tokenHash: Not(hashSessionToken(session)) });
      await this.audit(tx, accountId, 'account.password_changed');
    });
  }

  /**
   * Begins to set up a second factor: the secret for an authenticator app, shown once. It counts from `confirmSecondFactor` on.
   *
   * @throws {AccountError} SIGN_IN_FAILED or SECOND_FACTOR_ON
   */
  async beginSecondFactor(accountId: string, password: string): Promise<{ secret: string; uri: string }> {
    await this.confirmPassword(accountId, password);
    const secret = newTotpSecret();
    return inTransaction(this.dataSource, async (tx) => {
      const account = await lockAccount(tx, accountId);
      if (account.totpEnabledAt) throw new AccountError('SECOND_FACTOR_ON');
      const totpSealed = this.secretBox.seal(secret, totpContext(accountId));
      await tx.update(Account, { id: accountId }, { totpSealed, totpLastStep: 0 });
      return { secret, uri: totpUri(secret, account.email, new URL(this.config.hubUrl).host) };
    });
  }

  /** Turns the second factor on; other sessions end. @throws {AccountError} SECOND_FACTOR_ON or SECOND_FACTOR_REFUSED */
  async confirmSecondFactor(accountId: string, code: string, session: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const account = await lockAccount(tx, accountId);
      if (account.totpEnabledAt) throw new AccountError('SECOND_FACTOR_ON');
      await this.useSecondFactor(tx, account, code);
      await tx.update(Account, { id: accountId }, { totpEnabledAt: this.clock.now() });
      await tx.delete(Session, { accountId, tokenHash: Not(hashSessionToken(session)) });
      await this.audit(tx, accountId, 'account.second_factor_on');
    });
  }

  /** Turns the second factor off. @throws {AccountError} SIGN_IN_FAILED or SECOND_FACTOR_REFUSED */
  async removeSecondFactor(accountId: string, password: string, code: string): Promise<void> {
    await this.confirmPassword(accountId, password);
    await inTransaction(this.dataSource, async (tx) => {
      const account = await lockAccount(tx, accountId);
      await this.useSecondFactor(tx, account, code);
      await tx.update(Account, { id: accountId }, { totpEnabledAt: null, totpSealed: null });
      await this.audit(tx, accountId, 'account.second_factor_off');
    });
  }

  /** Turns the second factor of somebody off who lost it, and ends his sessions. @throws {AccountError} ACCOUNT_UNKNOWN */
  async dropSecondFactor(email: string, actor: string): Promise<{ id: string }> {
    return inTransaction(this.dataSource, async (tx) => {
      const account = await tx.findOneBy(Account, { email: email.toLowerCase() });
      if (!account) throw new AccountError('ACCOUNT_UNKNOWN');
      const { id } = account;
      await tx.update(Account, { id }, { totpEnabledAt: null, totpSealed: null });
      await tx.delete(Session, { accountId: id });
      await recordAudit(tx, { at: this.clock.now(), actor, action: 'account.second_factor_off', subject: id });
      return { id };
    });
  }

  /** The account is locked: of two sign-ins with one code, the second finds its step used. */
  private async useSecondFactor(tx: EntityManager, account: Account, code: string | undefined): Promise<void> {
    if (code === undefined) throw new AccountError('SECOND_FACTOR_REQUIRED');
    if (!account.totpSealed) throw new AccountError('SECOND_FACTOR_REFUSED');
    const secret = this.secretBox.open(account.totpSealed, totpContext(account.id)).toString();
    const step = await totpStepOf(secret, code, this.clock.now(), account.totpLastStep);
    if (step === undefined) throw new AccountError('SECOND_FACTOR_REFUSED');
    await tx.update(Account, { id: account.id }, { totpLastStep: step });
  }

  private async confirmPassword(accountId: string, password: string): Promise<void> {
    const account = await this.dataSource.manager.findOneBy(Account, { id: accountId });
    if (!(await passwordMatches(account?.passwordHash, password))) throw new AccountError('SIGN_IN_FAILED');
  }

  private async audit(tx: EntityManager, accountId: string, action: string): Promise<void> {
    await recordAudit(tx, { at: this.clock.now(), actor: `account:${accountId}`, action, subject: accountId });
  }
}

function lockAccount(tx: EntityManager, id: string): Promise<Account> {
  return tx.findOneOrFail(Account, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

function totpContext(accountId: string): string {
  return `totp:${accountId}`;
}
