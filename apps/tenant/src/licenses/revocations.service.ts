import { Clock, DomainError, inTransaction, type Logger } from '@hansa/platform';
import { TrustError, verifyRevocationList, type RevocationList } from '@hansa/trust';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { LOGGER } from '#config';
import { HubService } from '#hub';
import type { License } from './license.entity.js';
import { LicenseError } from './licenses.errors.js';
import { HubRevocations } from './revocation-list.entity.js';
import { noteTime } from './shop-clock.js';

/** One question serves all licenses that are checked about the same time. */
const ASK_EVERY_MS = 5 * 60 * 1_000;

/** The hub's signed word on licenses that are not to be used any more, whatever their tokens say (licenses.md §3). */
@Injectable()
export class RevocationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly hub: HubService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Fetches the list when it was not asked for lately. Without an answer, or with a bad one, the last good list counts. */
  async refresh(): Promise<void> {
    const now = this.clock.now();
    const hubUrl = this.hub.url;
    const kept = await this.dataSource.manager.findOneBy(HubRevocations, { hubUrl });
    if (kept && Math.abs(now.getTime() - kept.askedAt.getTime()) < ASK_EVERY_MS) return;
    try {
      const jws = await this.hub.ask((client) => client.revocations(kept?.sequence));
      if (jws === null) await this.dataSource.manager.update(HubRevocations, { hubUrl }, { askedAt: now });
      else await this.accept(jws);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.warn({ code: error.code, ...error.facts }, 'no list of revocations');
    }
  }

  /**
   * Keeps a list the hub signed, unless a newer one is known: going back to an older one would bring licenses back.
   *
   * @throws {LicenseError} REVOCATIONS_REFUSED (`reason` is the code of the check that failed) or REVOCATIONS_OUTDATED
   */
  async accept(jws: string): Promise<RevocationList> {
    const list = await this.read(jws);
    const { sequence, revoked, suspended, iat, exp } = list;
    const [issuedAt, expiresAt] = [new Date(iat * 1_000), new Date(exp * 1_000)];
    const kept: { sequence: string }[] = await this.dataSource.query(
      `INSERT INTO revocation_lists AS l (hub_url, sequence, revoked, suspended, issued_at, expires_at, asked_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (hub_url) DO UPDATE SET sequence = excluded.sequence, revoked = excluded.revoked, suspended = excluded.suspended,
         issued_at = excluded.issued_at, expires_at = excluded.expires_at, asked_at = excluded.asked_at
       WHERE l.sequence <= excluded.sequence RETURNING sequence`,
      [this.hub.url, sequence, revoked, suspended, issuedAt, expiresAt, this.clock.now()],
    );
    if (kept.length === 0) throw new LicenseError('REVOCATIONS_OUTDATED', { sequence });
    return list;
  }

  /** Why a license is listed, or null. A list that is older than the hub's last yes to it says nothing about it any more. */
  async reasonFor(tx: EntityManager, { licenseId, wordAt }: License): Promise<'REVOKED' | 'SUSPENDED' | null> {
    if (licenseId === null) return null;
    const [row]: { reason: 'REVOKED' | 'SUSPENDED' | null }[] = await tx.query(
      // Lists are dated in whole seconds.
      `SELECT CASE WHEN $2 = ANY (revoked) THEN 'REVOKED' WHEN $2 = ANY (suspended) THEN 'SUSPENDED' END AS reason
         FROM revocation_lists WHERE hub_url = $1 AND ($3::timestamptz IS NULL OR issued_at >= date_trunc('second', $3::timestamptz))`,
      [this.hub.url, licenseId, wordAt],
    );
    return row?.reason ?? null;
  }

  private async read(jws: string): Promise<RevocationList> {
    const now = this.clock.now();
    // A clock that was moved back must not make an expired list good again.
    const latest = await inTransaction(this.dataSource, (tx) => noteTime(tx, now));
    const verify = async (refresh: boolean) =>
      verifyRevocationList(jws, await this.hub.revocationKeys(refresh), { issuer: this.hub.url }, latest);
    try {
      return await verify(false).catch((error: unknown) => {
        if (error instanceof TrustError && error.code === 'KEY_UNKNOWN') return verify(true);
        throw error;
      });
    } catch (cause) {
      if (cause instanceof TrustError) throw new LicenseError('REVOCATIONS_REFUSED', { reason: cause.code }, { cause });
      throw cause;
    }
  }
}
