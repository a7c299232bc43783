import { randomUUID } from 'node:crypto';
import { Clock, isUniqueViolation } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { hashMerchantToken, newMerchantSession } from './merchant-sessions.js';
import { MerchantMembership, MerchantSession } from './merchant.entity.js';
import { findArrival, findSignedIn, provision, welcomeBack, type ExternalArrival } from './merchants.repository.js';

/** The outcome of a sign-in from elsewhere: a session whose token is shown once, or why there is none. */
export type ExternalSignIn =
  | { readonly refusal: 'email_conflict' | 'account_not_allowed' }
  | {
      readonly refusal: null;
      readonly accountId: string;
      readonly token: string;
      readonly expiresAt: Date;
      /** Somebody else was signed in on this browser. */
      readonly replacedAnother: boolean;
    };

/** Who is signed in on a browser. */
export interface SignedInMerchant {
  readonly accountId: string;
  readonly email: string;
  /** The e-mail is made up: the platform sent none. */
  readonly emailGenerated: boolean;
  /** A link sent to the address was followed. */
  readonly emailProven: boolean;
  readonly issuer: string | null;
  readonly readerExitUrl: string | null;
}

/** Merchants: people of the shops, signed in to the hub's portal. */
@Injectable()
export class MerchantsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Signs in the person a platform vouches for, known by (store, issuer, uuid) and nothing else; one the store has not met
   * gets an account with the lowest role. The browser's session id changes, and its session before ends (session fixation).
   *
   * An e-mail that belongs to somebody else never links two people: a hostile platform could take over any account with it.
   */
  async signInFromElsewhere(arrival: ExternalArrival, previousToken: string | undefined): Promise<ExternalSignIn> {
    const { token, session } = newMerchantSession(this.clock.now(), previousToken);
    const db = this.dataSource.manager;
    for (;;) {
      const found = await findArrival(db, arrival, session);
      if (found.barred) return { refusal: 'account_not_allowed' };
      const accountId = found.account_id ?? randomUUID();
      const { previous_account_id: before, email_taken: emailTaken } = found;
      const signedIn = {
        refusal: null,
        accountId,
        token,
        expiresAt: session.expiresAt,
        replacedAnother: before !== null && before !== accountId,
      } as const;
      if (found.account_id === null && emailTaken) return { refusal: 'email_conflict' };
      try {
        if (found.account_id === null) await provision(db, accountId, arrival, session);
        else await welcomeBack(db, accountId, emailTaken ? { ...arrival, email: null } : arrival, session);
        return signedIn;
      } catch (error) {
        // Another request was first, with this person or with this e-mail: look again and decide on what it left.
        const lostRace =
          isUniqueViolation(error, 'merchant_identities_pkey') || isUniqueViolation(error, 'merchant_accounts_email');
        if (!lostRace) throw error;
      }
    }
  }

  /** Who is signed in with this token; undefined when nobody is. */
  async findBySession(token: string): Promise<SignedInMerchant | undefined> {
    const row = await findSignedIn(this.dataSource.manager, hashMerchantToken(token), this.clock.now());
    if (!row) return undefined;
    const {
      account_id: accountId,
      email,
      email_generated: emailGenerated,
      email_proven: emailProven,
      issuer,
      reader_exit_url: readerExitUrl,
    } = row;
    return { accountId, email, emailGenerated, emailProven, issuer, readerExitUrl };
  }

  /** The shops an account is a live member of. */
  async listShops(accountId: string): Promise<string[]> {
    const live = { accountId, endedAt: IsNull() };
    const rows = await this.dataSource.manager.find(MerchantMembership, { where: live, order: { instanceId: 'ASC' } });
    return rows.map(({ instanceId }) => instanceId);
  }

  /** Ends a session; one that is gone already is fine. */
  async signOut(token: string): Promise<void> {
    await this.dataSource.manager.delete(MerchantSession, { tokenHash: hashMerchantToken(token) });
  }

  /** Forgets sessions that have expired. */
  async sweepSessions(): Promise<void> {
    await this.dataSource.manager.delete(MerchantSession, { expiresAt: LessThan(this.clock.now()) });
  }
}
