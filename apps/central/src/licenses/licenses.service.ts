import {
  graceDaysAfter,
  type BillingInterval,
  type LicenseKind,
  type LicenseReason,
  type VerifyLicenseRequest,
  type VerifyLicenseResponse,
} from '@hansa/contracts';
import { Clock, inTransaction, newId, poolOf, RequestError, Writes } from '@hansa/platform';
import { newLicenseKey, parseLicenseKey } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { auditWith, recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { InstancesService } from '#instances';
import { followLicenseSoon } from './follow-license.job.js';
import { GuessLimiter } from './guess-limiter.js';
import { LicenseKeys } from './license-keys.js';
import type { Standing } from './license-standing.js';
import { LicenseTokens } from './license-tokens.js';
import { REASON_MESSAGES, refusalFor, statusOf } from './license-verdict.js';
import { termsOf } from './license-terms.js';
import { License, LicenseActivation } from './license.entity.js';
import { VerdictReader } from './verdict-reader.js';
import { LicenseError } from './licenses.errors.js';
import {
  findHeldLicenses,
  listOwnLicenses,
  lockLicense,
  putActivation,
  questionOf,
  standingOf,
  VERDICTS_BY_ID,
  VERDICTS_BY_NAME,
  type LicenseRow,
  type OwnLicenseRow,
  type VerdictRow,
} from './licenses.repository.js';

/** How long a verdict is good for before a shop asks again. */
const CHECK_AGAIN_SECONDS = 24 * 3_600;

/** Licenses that one statement issues: it takes at most 65,535 values. */
const ISSUED_TOGETHER = 1_000;

export interface IssueLicense {
  /** The paid order; null for a license an operator gives away. */
  readonly orderId: string | null;
  readonly packageId: string;
  readonly kind: LicenseKind;
  readonly billingInterval: BillingInterval | null;
  readonly customerEmail: string;
  readonly instanceId: string | null;
  /** What the payments of the order say; without it the terms of the kind, from this moment. */
  readonly standing?: Standing;
  /** `@audit` name of who causes it. */
  readonly actor: string;
}

export interface IssuedLicense {
  readonly license: License;
  /** `CC-XXXX-XXXX-XXXX` */
  readonly licenseKey: string;
}

/** What a download needs to know about a license. */
export type LicenseVerdict =
  | { readonly valid: true; readonly license: VerdictLicense }
  | { readonly valid: false; readonly reason: LicenseReason };

export interface VerdictLicense {
  readonly id: string;
  readonly kind: LicenseKind;
  /** Null means perpetual. */
  readonly expiresAt: Date | null;
  /** Releases published later are not covered; null means all are. */
  readonly updatesUntil: Date | null;
}

@Injectable()
export class LicensesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly guesses: GuessLimiter,
    private readonly instances: InstancesService,
    private readonly keys: LicenseKeys,
    private readonly tokens: LicenseTokens,
    private readonly verdicts: VerdictReader,
  ) {}

  /** Issues the license of an order. An order that has one already gets that one again, whatever else is asked. */
  async issue(tx: EntityManager, request: IssueLicense): Promise<IssuedLicense> {
    const { orderId } = request;
    const earlier = orderId === null ? null : await tx.findOneBy(License, { orderId });
    if (earlier) return { license: earlier, licenseKey: this.keys.open(earlier) };

    const writes = new Writes(tx);
    const issued = this.issueWith(writes, request);
    await writes.send();
    return issued;
  }

  /** Gives away `count` licenses of the same terms, all of them or none. */
  async issueMany(request: Omit<IssueLicense, 'orderId'>, count: number): Promise<IssuedLicense[]> {
    return inTransaction(this.dataSource, async (tx) => {
      const all: IssuedLicense[] = [];
      while (all.length < count) {
        const writes = new Writes(tx);
        const size = Math.min(ISSUED_TOGETHER, count - all.length);
        all.push(...Array.from({ length: size }, () => this.issueWith(writes, { ...request, orderId: null })));
        await writes.send();
      }
      return all;
    });
  }

  /** `CC-XXXX-XXXX-XXXX` of a license. */
  keyOf(license: Pick<License, 'id' | 'keySealed'>): string {
    return this.keys.open(license);
  }

  /** Adds a new license to other writes. The caller knows that its order has none. */
  issueWith(writes: Writes, request: IssueLicense): IssuedLicense {
    const { orderId, packageId, kind, billingInterval, customerEmail, instanceId, standing, actor } = request;
    const issuedAt = this.clock.now();
    const licenseKey = newLicenseKey();
    const id = newId('lic');
    const license: License = {
      id,
      orderId,
      packageId,
      kind,
      customerEmail,
      keyLookup: this.keys.lookupOf(licenseKey),
      keySealed: this.keys.seal(id, licenseKey),
      instanceId,
      issuedAt,
      ...termsOf(kind, billingInterval, issuedAt),
      ...(standing ?? { suspendedAt: null, revokedAt: null, revokedReason: null }),
      hold: null,
      heldAt: null,
      holdReason: null,
    };
    writes.insert(License, license);
    followLicenseSoon(writes, license);
    auditWith(writes, { at: issuedAt, actor, action: 'license.issued', subject: id, data: { orderId, packageId } });
    return { license, licenseKey };
  }

  /**
   * The verdict a shop asks for (federation.md §2), as a value. The first yes to a production instance takes its seat.
   *
   * While nothing changes, this is a share of one prepared statement and a token from memory.
   *
   * @param key of the question in its canonical form, null when it cannot be one; for callers that have read it already
   * @throws {InstanceError} INSTANCE_ID_REFUSED
   */
  async verify(
    request: VerifyLicenseRequest,
    key = parseLicenseKey(request.license_key),
  ): Promise<VerifyLicenseResponse> {
    const instanceId = await this.instances.readReference(request.instance_id);
    const { marketplace_id: marketplaceId } = request;
    const keyLookup = this.keys.lookupOf(key ?? request.license_key);
    let row = await this.verdicts.read(keyLookup, marketplaceId, instanceId);
    let reason = this.judge(row, instanceId);
    if (reason === null && row.id !== null && row.activated_as !== row.environment) {
      ({ row, reason } = await this.activate(row.id, instanceId, [[keyLookup], [marketplaceId], [instanceId]]));
    }
    const now = this.clock.now();
    const checked_at = now.toISOString();
    if (row.id === null || reason !== null) {
      const why = reason ?? 'NOT_FOUND';
      return { valid: false, reason: why, message: REASON_MESSAGES[why], grace: graceDaysAfter(why), checked_at };
    }
    const { id: licenseId, kind, expires_at: expiresAt, updates_until: updatesUntil } = row;
    return {
      valid: true,
      license: viewOf(row, now),
      token: await this.tokens.tokenFor({ licenseId, instanceId, marketplaceId, kind, expiresAt, updatesUntil }),
      checked_at,
      check_again_at: checkAgainAt(expiresAt, now).toISOString(),
    };
  }

  /**
   * Whether this license lets this instance have this package, for downloads. Takes no seat.
   *
   * @throws {InstanceError} INSTANCE_ID_REFUSED
   * @throws {RequestError} RATE_LIMITED after too many wrong keys that begin alike: a download answers whether a key exists too
   */
  async verdictFor(ask: {
    readonly licenseKey: string;
    /** `ccmp_…` */
    readonly packageId: string;
    /** Sealed, or plain where the hub accepts it. */
    readonly instanceReference: string;
  }): Promise<LicenseVerdict> {
    const instanceId = await this.instances.readReference(ask.instanceReference);
    const key = parseLicenseKey(ask.licenseKey);
    const nowMs = this.clock.now().getTime();
    if (key !== null && this.guesses.waitSeconds(key, nowMs) > 0) throw new RequestError('RATE_LIMITED');
    const values = [[this.keys.lookupOf(key ?? ask.licenseKey)], [ask.packageId], [instanceId]];
    const { rows } = await poolOf(this.dataSource).query<VerdictRow>({ ...VERDICTS_BY_ID, values });
    const row = rows[0]!;
    const reason = this.judge(row, instanceId);
    if (key !== null && row.id === null) this.guesses.countWrong(key, nowMs);
    if (row.id === null || reason !== null) return { valid: false, reason: reason ?? 'NOT_FOUND' };
    const { id, kind, expires_at: expiresAt, updates_until: updatesUntil } = row;
    return { valid: true, license: { id, kind, expiresAt, updatesUntil } };
  }

  /** A license this instance holds for a package and could use now; undefined when it would have to buy one. */
  async findHeld(db: EntityManager, packageId: string, instanceId: string): Promise<License | undefined> {
    const now = this.clock.now();
    const held = await findHeldLicenses(db, packageId, instanceId);
    return held.find((license) => statusOf(license, now) === 'active');
  }

  /** Licenses the instance bought or uses, newest first. */
  async listOwn(instanceId: string): Promise<OwnLicenseRow[]> {
    return listOwnLicenses(this.dataSource.manager, instanceId);
  }

  /** Gives back the instance's seat. Giving it back again changes nothing. @throws {LicenseError} LICENSE_NOT_FOUND */
  async deactivate(instanceId: string, licenseId: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await lockLicense(tx, licenseId);
      const used = await tx.existsBy(LicenseActivation, { licenseId, instanceId });
      if (!used && !(await tx.existsBy(License, { id: licenseId, instanceId })))
        throw new LicenseError('LICENSE_NOT_FOUND');
      const at = this.clock.now();
      const live = { licenseId, instanceId, releasedAt: IsNull() };
      const { affected } = await tx.update(LicenseActivation, live, { releasedAt: at });
      if (affected === 0) return;
      const actor = `instance:${instanceId}`;
      await recordAudit(tx, { at, actor, action: 'license.deactivated', subject: licenseId });
    });
  }

  /** Locks the license and looks again: the seat that was free a moment ago may be gone. */
  private async activate(
    licenseId: string,
    instanceId: string,
    values: readonly unknown[],
  ): Promise<{ row: VerdictRow; reason: LicenseReason | null }> {
    return inTransaction(this.dataSource, async (tx) => {
      await lockLicense(tx, licenseId);
      const read = async (): Promise<VerdictRow> =>
        (await tx.query<VerdictRow[]>(VERDICTS_BY_NAME.text, [...values]))[0]!;
      const row = await read();
      const reason = this.judge(row, instanceId);
      if (reason !== null || row.activated_as === row.environment) return { row, reason };
      const at = this.clock.now();
      const environment = row.environment!;
      await putActivation(tx, { licenseId, instanceId, environment, at });
      const actor = `instance:${instanceId}`;
      await recordAudit(tx, { at, actor, action: 'license.activated', subject: licenseId, data: { environment } });
      return { row: await read(), reason };
    });
  }

  private judge(row: VerdictRow, instanceId: string): LicenseReason | null {
    return refusalFor(standingOf(row), questionOf(row, instanceId, this.config.licenses.copies), this.clock.now());
  }
}

/** A license as shops see it. */
export function viewOf(row: LicenseRow, now: Date) {
  const standing = { expiresAt: row.expires_at, suspendedAt: row.suspended_at, revokedAt: row.revoked_at };
  return {
    id: row.id,
    kind: row.kind,
    status: statusOf(standing, now),
    issued_at: row.issued_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    updates_until: row.updates_until?.toISOString() ?? null,
    seats: row.seats,
    seats_used: row.seats_used,
  };
}

/** A day from now, or the moment the license ends when that is sooner. */
function checkAgainAt(expiresAt: Date | null, now: Date): Date {
  const nextDay = new Date(now.getTime() + CHECK_AGAIN_SECONDS * 1_000);
  return expiresAt && expiresAt < nextDay ? expiresAt : nextDay;
}
