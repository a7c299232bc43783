import { randomBytes } from 'node:crypto';
import { Clock, inTransaction, newId } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { Mails } from '#mail';
import { Account } from './account.entity.js';
import { AccountError } from './accounts.errors.js';
import { AccountProof } from './member.entity.js';
import { hashPassword } from './passwords.js';
import { hashSessionToken } from './secrets.js';

const PROOF_MINUTES = 60;
/** Of one account that still work; a forgotten form must not become a way to flood an address. */
const MAX_OPEN_PROOFS = 3;

/** How people get an account. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mails: Mails,
  ) {}

  /**
   * Makes an account and mails the proof of its address. An address that has one gets a letter that says so: whoever asks learns
   * nothing, and the answer takes as long (user enumeration).
   */
  async register(email: string, password: string): Promise<void> {
    const address = email.toLowerCase();
    const passwordHash = await hashPassword(password);
    const createdAt = this.clock.now();
    const id = newId('acc');
    await inTransaction(this.dataSource, async (tx) => {
      const rows = await tx.query<object[]>(
        `INSERT INTO accounts (id, email, password_hash, is_operator, created_at) VALUES ($1, $2, $3, false, $4)
         ON CONFLICT (email) DO NOTHING RETURNING 1`,
        [id, address, passwordHash, createdAt],
      );
      if (rows.length === 0) {
        const cause = `account-known:${address}:${createdAt.toISOString().slice(0, 13)}`;
        await this.mails.queue(tx, { template: 'account-known', to: address, values: {}, cause });
        return;
      }
      await this.mailProof(tx, { id, email: address });
      await recordAudit(tx, { at: createdAt, actor: `account:${id}`, action: 'account.registered', subject: id });
    });
  }

  /** Mails another proof; says nothing about whether there was anything to prove. */
  async sendProofAgain(email: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const where = { email: email.toLowerCase(), emailVerifiedAt: IsNull(), disabledAt: IsNull() };
      const account = await tx.findOne(Account, { where, lock: { mode: 'pessimistic_write' } });
      if (!account) return;
      const open = { accountId: account.id, usedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
      if ((await tx.countBy(AccountProof, open)) < MAX_OPEN_PROOFS) await this.mailProof(tx, account);
    });
  }

  /** Takes the token from the letter. Once taken, taking it again changes nothing. @throws {AccountError} PROOF_REFUSED */
  async verify(token: string): Promise<void> {
    const at = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      const where = { tokenHash: hashSessionToken(token), expiresAt: MoreThan(at) };
      const proof = await tx.findOne(AccountProof, { where, lock: { mode: 'pessimistic_write' } });
      if (!proof) throw new AccountError('PROOF_REFUSED');
      if (proof.usedAt) return;
      await tx.update(AccountProof, { tokenHash: proof.tokenHash }, { usedAt: at });
      await tx.update(Account, { id: proof.accountId, emailVerifiedAt: IsNull() }, { emailVerifiedAt: at });
      const actor = `account:${proof.accountId}`;
      await recordAudit(tx, { at, actor, action: 'account.verified', subject: proof.accountId });
    });
  }

  private async mailProof(tx: EntityManager, { id, email }: Pick<Account, 'id' | 'email'>): Promise<void> {
    const code = randomBytes(20).toString('base64url');
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + PROOF_MINUTES * 60_000);
    await tx.insert(AccountProof, { tokenHash: hashSessionToken(code), accountId: id, createdAt, expiresAt });
    await this.mails.queue(tx, { template: 'email-proof', to: email, values: { code, minutes: PROOF_MINUTES } });
  }
}
