import type { LicenseChangedEvent } from '@hansa/contracts';
import { Clock, inTransaction, Writes } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { auditWith } from '#audit';
import { OutboxService, type News } from '#outbox';
import { followLicenseSoon } from './follow-license.job.js';
import { standingFrom, type Hold, type Standing } from './license-standing.js';
import { turnOf } from './license-turn.js';
import { License } from './license.entity.js';
import { readLicense, type HeldLicense, type OrderLicense } from './order-license.repository.js';
import { LicenseError } from './licenses.errors.js';

type Change = 'renewed' | 'suspended' | 'revoked';

/** What an operator wants; null reinstates. */
interface Decision {
  readonly hold: Hold['as'] | null;
  readonly reason: string;
  readonly actor: string;
}

/** A change of a license and who is to hear of it. */
interface Told {
  readonly id: string;
  readonly marketplaceId: string;
  readonly change: Change;
  readonly standing: Standing;
  /** Instances, in the order of their ids. */
  readonly shops: readonly string[];
  readonly actor: string;
  /** Why, when a person decided. */
  readonly reason?: string;
}

/** Brings licenses in line with their payments and with what operators decided, and tells the shops. */
@Injectable()
export class LicenseChanges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * Makes a license say what the payments of its locked order say, with its audit row, and returns the news for its shops.
   * Nothing when it says so already.
   */
  settle(
    writes: Writes,
    { license, periods, shops, marketplaceId }: OrderLicense & { readonly license: HeldLicense },
    actor: string,
  ): News[] {
    const standing = standingFrom(license.kind, periods, holdOf(license));
    const change = changeBetween(license, standing);
    if (change === null) return [];
    writes.update(License, { id: license.id }, { ...standing });
    if (standing.seats < license.seats) releaseSeats(writes, license.id, standing.seats, this.clock.now());
    followLicenseSoon(writes, license);
    return this.tell(writes, { id: license.id, marketplaceId, change, standing, shops, actor });
  }

  /** Writes the audit row of a change and returns the news of it for the shops. */
  tell(writes: Writes, { id, marketplaceId, change, standing, shops, actor, reason: why }: Told): News[] {
    const data = { ...(why === undefined ? {} : { reason: why }), ...standing };
    auditWith(writes, { at: this.clock.now(), actor, action: `license.${change}`, subject: id, data });
    const reason = change === 'revoked' ? standing.revokedReason : why;
    const body: LicenseChangedEvent = {
      license_id: id,
      marketplace_id: marketplaceId,
      expires_at: standing.expiresAt?.toISOString() ?? null,
      updates_until: standing.updatesUntil?.toISOString() ?? null,
      ...(reason ? { reason } : {}),
    };
    return shops.map((instanceId) => ({ type: `license.${change}` as const, instanceId, body }));
  }

  /**
   * Suspends, revokes or reinstates by hand. Deciding the same again changes nothing.
   *
   * @throws {LicenseError} LICENSE_UNKNOWN, LICENSE_REVOKED or LICENSE_NOT_HELD
   */
  async decide(licenseId: string, decision: Decision): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await lockOrderOf(tx, licenseId);
      const license = await tx.findOne(License, { where: { id: licenseId }, lock: { mode: 'pessimistic_write' } });
      if (!license) throw new LicenseError('LICENSE_UNKNOWN');
      const { hold: as, reason, actor } = decision;
      if (as === null && license.hold === null) throw new LicenseError('LICENSE_NOT_HELD');
      if (as === 'suspended' && license.hold === 'revoked') throw new LicenseError('LICENSE_REVOKED');
      if (as !== null && as === license.hold) return;

      const at = this.clock.now();
      const hold = as && { as, at, reason };
      const { marketplaceId, periods, shops } = await readLicense(tx, license);
      const standing = periods.length > 0 ? standingFrom(license.kind, periods, hold) : standingOfGift(license, hold);
      const change = changeBetween(license, standing);
      const writes = new Writes(tx);
      const held = { hold: as, heldAt: hold?.at ?? null, holdReason: hold?.reason ?? null };
      writes.update(License, { id: licenseId }, { ...held, ...standing });
      if (change === null) {
        const action = `license.${as ?? 'reinstated'}`;
        auditWith(writes, { at, actor, action, subject: licenseId, data: { reason } });
      } else {
        const told = { id: licenseId, marketplaceId, change, standing, shops, actor, reason };
        this.outbox.recordEvents(writes, this.tell(writes, told));
        followLicenseSoon(writes, license);
      }
      await writes.send();
    });
  }
}

/** How a license stands after a change, in one word; null when nothing changed. */
export function changeBetween(before: Standing, after: Standing): Change | null {
  const times = ['expiresAt', 'updatesUntil', 'suspendedAt', 'revokedAt'] as const;
  const isSame = times.every((name) => before[name]?.getTime() === after[name]?.getTime());
  if (isSame && before.seats === after.seats && before.revokedReason === after.revokedReason) return null;
  if (after.revokedAt !== null) return 'revoked';
  return after.suspendedAt === null ? 'renewed' : 'suspended';
}

function holdOf({ hold, heldAt, holdReason }: HeldLicense): Hold | null {
  return hold && { as: hold, at: heldAt!, reason: holdReason! };
}

/** A license nobody paid for keeps the term it was given. */
function standingOfGift({ seats, expiresAt, updatesUntil }: License, hold: Hold | null): Standing {
  return {
    seats,
    expiresAt,
    updatesUntil,
    suspendedAt: hold?.as === 'suspended' ? hold.at : null,
    revokedAt: hold?.as === 'revoked' ? hold.at : null,
    revokedReason: hold?.as === 'revoked' ? hold.reason : null,
  };
}

/** Gives back the seats of whoever took them last, where more are taken than paid for: asking again, they hear that none is left. */
function releaseSeats(writes: Writes, licenseId: string, seats: number, at: Date): void {
  writes.run(
    `UPDATE license_activations SET released_at = $2::timestamptz WHERE id IN (
       SELECT id FROM license_activations WHERE license_id = $1 AND released_at IS NULL AND environment = 'production'
        ORDER BY id OFFSET $3::int)`,
    [licenseId, at, seats],
  );
}

/** Locks the order of a license before the license itself, as payments do, and waits for its turn among them. */
async function lockOrderOf(tx: EntityManager, licenseId: string): Promise<void> {
  await tx.query(
    `SELECT ${turnOf('o.package_id', 'o.instance_id', 'o.customer_email')} FROM
       (SELECT * FROM orders WHERE id = (SELECT order_id FROM licenses WHERE id = $1) FOR UPDATE) AS o`,
    [licenseId],
  );
}
