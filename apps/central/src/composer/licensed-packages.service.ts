import { Clock, defineJob, inTransaction, newId, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, In, Not, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { Mails } from '#mail';
import { hashSecret, newCheckedToken } from '#tokens';
import { followLicense } from '#licenses';
import { AccessLedger } from './access-ledger.js';
import { findUnsettled, lockLicensed, type LicensedRow } from './licensed-packages.repository.js';
import { PackageToken, PackageTokenEntitlement } from './package-token.entity.js';
import { lockCustomer, lockTokenOfCustomer } from './package-tokens.repository.js';
import { DEFAULT_RATE_LIMIT, nextRevision, PACKAGE_TOKEN_PREFIX } from './package-tokens.service.js';

/** Brings the Composer rights of all licenses in line with the licenses, once a minute. */
export const settleComposerLicenses = defineJob<object>('settle-composer-licenses', {
  cron: '* * * * *',
  maxAttempts: 1,
});

/** Issuer of the tokens that licenses bring: one a customer, over all publishers. */
const HUB = 'hub';
const ACTOR = 'system';
const MAX_SETTLED = 500;

/**
 * Composer packages sold through the hub's own checkout. What a license says is what its token opens: both methods look at the
 * license itself, so they may be called again, late or in any order.
 */
@Injectable()
export class LicensedPackagesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly mails: Mails,
    private readonly ledger: AccessLedger,
  ) {}

  /**
   * Opens the packages of a license to its customer, or changes until when, or takes them away if the license is revoked or
   * suspended. A customer's first license brings him a token, and a mail that says what to type; each further one extends it.
   *
   * @returns the token that changed; undefined when nothing had to
   */
  async provisionForLicense(tx: EntityManager, licenseId: string): Promise<string | undefined> {
    const license = await lockLicensed(tx, licenseId);
    if (!license) return undefined;
    if (!license.is_live || license.packages.length === 0) return this.withdrawForLicense(tx, licenseId);
    await lockCustomer(tx, HUB, license.customer_email);
    const now = this.clock.now();
    const token =
      (await lockTokenOfCustomer(tx, HUB, license.customer_email)) ?? (await this.makeToken(tx, license, now));
    if (!(await putRights(tx, token.id, license, now))) return undefined;
    await tx.update(PackageToken, { id: token.id }, { revision: nextRevision(token) });
    const data = { licenseId, packages: license.packages };
    await recordAudit(tx, { at: now, actor: ACTOR, action: 'package_token.provisioned', subject: token.id, data });
    return token.id;
  }

  /** Takes away what a license opened. @returns the token that changed; undefined when nothing had to */
  async withdrawForLicense(tx: EntityManager, licenseId: string): Promise<string | undefined> {
    const [right] = await tx.findBy(PackageTokenEntitlement, { licenseId });
    if (!right) return undefined;
    const { tokenId } = right;
    const token = await tx.findOneOrFail(PackageToken, { where: { id: tokenId }, lock: { mode: 'pessimistic_write' } });
    await tx.delete(PackageTokenEntitlement, { licenseId });
    await tx.update(PackageToken, { id: tokenId }, { revision: nextRevision(token) });
    const now = this.clock.now();
    await recordAudit(tx, {
      at: now,
      actor: ACTOR,
      action: 'package_token.withdrawn',
      subject: tokenId,
      data: { licenseId },
    });
    return tokenId;
  }

  /** `provisionForLicense` in a transaction of its own, as soon as a license was bought or changed. */
  @OnJob(followLicense)
  async settle({ licenseId }: { licenseId: string }): Promise<void> {
    const changed = await inTransaction(this.dataSource, (tx) => this.provisionForLicense(tx, licenseId));
    if (changed !== undefined) this.ledger.forget(changed);
  }

  /** Finds what no change of a license tells: a package that was tied to its listing, or untied. */
  @OnJob(settleComposerLicenses)
  async settleAll(): Promise<void> {
    for (const id of await findUnsettled(this.dataSource.manager, MAX_SETTLED)) await this.settle({ licenseId: id });
  }

  private async makeToken(tx: EntityManager, license: LicensedRow, now: Date): Promise<PackageToken> {
    const secret = newCheckedToken(PACKAGE_TOKEN_PREFIX);
    const id = newId('token');
    await tx.insert(PackageToken, {
      id,
      issuer: HUB,
      tokenHash: hashSecret(secret),
      description: 'Composer packages bought here',
      rateLimitMax: DEFAULT_RATE_LIMIT,
      customerId: license.customer_email,
      customerEmail: license.customer_email,
      createdAt: now,
      expiresAt: null,
      revokedAt: null,
      revision: '1',
    });
    const values = { packages: license.packages, token: secret };
    await this.mails.queue(tx, { template: 'composer-access', to: license.customer_email, values });
    return tx.findOneByOrFail(PackageToken, { id });
  }
}

/** Makes the rights of a license exactly its packages with its ends. Says whether anything changed. */
async function putRights(tx: EntityManager, tokenId: string, license: LicensedRow, now: Date): Promise<boolean> {
  const { id: licenseId, packages, expires_at: expiresAt, updates_until: updatesUntil } = license;
  const gone = await tx.delete(PackageTokenEntitlement, { licenseId, prefix: Not(In(packages)) });
  let changed = (gone.affected ?? 0) > 0;
  for (const prefix of packages) {
    const rows = await tx.query<object[]>(
      `INSERT INTO package_token_entitlements AS e (token_id, prefix, exact, license_id, expires_at, updates_until, created_at)
       VALUES ($1, $2, true, $3, $4, $5, $6)
       ON CONFLICT (license_id, prefix) WHERE license_id IS NOT NULL DO UPDATE
         SET token_id = $1, expires_at = $4, updates_until = $5
       WHERE (e.token_id, e.expires_at, e.updates_until) IS DISTINCT FROM ($1, $4::timestamptz, $5::timestamptz)
       RETURNING 1`,
      [tokenId, prefix, licenseId, expiresAt, updatesUntil, now],
    );
    changed ||= rows.length > 0;
  }
  return changed;
}
