import { Clock, inTransaction, isUniqueViolation, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { DataSource, IsNull, MoreThan } from 'typeorm';
import { recordAudit } from '#audit';
import { Account, Session } from './account.entity.js';
import { AccountError } from './accounts.errors.js';
import { hashSessionToken, newSessionToken } from './secrets.js';

const SESSION_SECONDS = 12 * 3_600;
/** OWASP's second recommended set for argon2id; the library's default algorithm is argon2id. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Verified when no account has the e-mail, so that both answers take the same time (user enumeration). */
let decoyHash: Promise<string> | undefined;

@Injectable()
export class AccountsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Makes an operator account. @throws {AccountError} EMAIL_TAKEN */
  async createOperator(email: string, password: string, actor: string): Promise<Account> {
    const passwordHash = await hash(password, ARGON2);
    const now = this.clock.now();
    const account = {
      id: newId('acc'),
      email: email.toLowerCase(),
      passwordHash,
      isOperator: true,
      createdAt: now,
      disabledAt: null,
    };
    return inTransaction(this.dataSource, async (tx) => {
      try {
        await tx.insert(Account, account);
      } catch (error) {
        if (isUniqueViolation(error, 'accounts_email_key')) throw new AccountError('EMAIL_TAKEN');
        throw error;
      }
      await recordAudit(tx, { at: now, actor, action: 'operator.created', subject: account.id });
      return account;
    });
  }

  /** Opens a session and hands out its token, once. @throws {AccountError} SIGN_IN_FAILED */
  async signIn(email: string, password: string): Promise<{ token: string; expiresAt: Date }> {
    const account = await this.dataSource.manager.findOneBy(Account, {
      email: email.toLowerCase(),
      disabledAt: IsNull(),
    });
    decoyHash ??= hash('decoy', ARGON2);
    const matches = await verify(account?.passwordHash ?? (await decoyHash), password);
    if (!account || !matches) throw new AccountError('SIGN_IN_FAILED');
    const token = newSessionToken();
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + SESSION_SECONDS * 1_000);
    await this.dataSource.manager.insert(Session, {
      tokenHash: hashSessionToken(token),
      accountId: account.id,
      createdAt,
      expiresAt,
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
}
