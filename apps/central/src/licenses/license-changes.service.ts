import type { BillingInterval, LicenseChangedEvent } from '@hansa/contracts';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { Package } from '#catalog';
import { OutboxService } from '#outbox';
import { followLicenseSoon } from './follow-license.job.js';
import { listPeriods, type OrderPeriod } from './license-periods.repository.js';
import { standingFrom, type Hold, type Standing } from './license-standing.js';
import { License, LicenseActivation } from './license.entity.js';
import { LicenseError } from './licenses.errors.js';

type Change = 'renewed' | 'suspended' | 'revoked';

/** What an operator wants; null reinstates. */
interface Decision {
  readonly hold: Hold['as'] | null;
  readonly reason: string;
  readonly actor: string;
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
   * Makes the license of an order say what its payments say, with its audit row and the news for its shops. Null when it says
   * so already, or the order has no license. `interval` is the order's.
   */
  async settle(
    tx: EntityManager,
    order: { readonly id: string; readonly interval: BillingInterval | null },
    periods: readonly OrderPeriod[],
    actor: string,
  ): Promise<Change | null> {
    const license = await tx.findOne(License, { where: { orderId: order.id }, lock: { mode: 'pessimistic_write' } });
    if (!license) return null;
    const terms = { kind: license.kind, billingInterval: order.interval };
    return this.put(tx, license, standingFrom(terms, periods, holdOf(license)), actor, {});
  }

  /**
   * Suspends, revokes or reinstates by hand. Deciding the same again changes nothing.
   *
   * @throws {LicenseError} LICENSE_UNKNOWN, LICENSE_REVOKED or LICENSE_NOT_HELD
   */
  async decide(licenseId: string, decision: Decision): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const interval = await lockOrderOf(tx, licenseId);
      const license = await tx.findOne(License, { where: { id: licenseId }, lock: { mode: 'pessimistic_write' } });
      if (!license) throw new LicenseError('LICENSE_UNKNOWN');
      const { hold: as, reason, actor } = decision;
      if (as === null && license.hold === null) throw new LicenseError('LICENSE_NOT_HELD');
      if (as === 'suspended' && license.hold === 'revoked') throw new LicenseError('LICENSE_REVOKED');
      if (as !== null && as === license.hold) return;

      const hold = as && { as, at: this.clock.now(), reason };
      const held = { hold: as, heldAt: hold?.at ?? null, holdReason: hold?.reason ?? null };
      await tx.update(License, { id: licenseId }, held);
      const periods = license.orderId === null ? [] : await listPeriods(tx, license.orderId);
      const terms = { kind: license.kind, billingInterval: interval };
      const standing = periods.length > 0 ? standingFrom(terms, periods, hold) : standingOfGift(license, hold);
      const change = await this.put(tx, license, standing, actor, { reason });
      if (change === null) {
        const action = `license.${as ?? 'reinstated'}`;
        await recordAudit(tx, { at: this.clock.now(), actor, action, subject: licenseId, data: { reason } });
      }
    });
  }

  private async put(
    tx: EntityManager,
    license: License,
    standing: Standing,
    actor: string,
    why: { readonly reason?: string },
  ): Promise<Change | null> {
    const change = changeBetween(license, standing);
    if (change === null) return null;
    await tx.update(License, { id: license.id }, { ...standing });
    await followLicenseSoon(tx, license);
    const at = this.clock.now();
    await recordAudit(tx, {
      at,
      actor,
      action: `license.${change}`,
      subject: license.id,
      data: { ...why, ...standing },
    });
    const { marketplaceId } = await tx.findOneByOrFail(Package, { id: license.packageId });
    const reason = change === 'revoked' ? standing.revokedReason : why.reason;
    const news: LicenseChangedEvent = {
      license_id: license.id,
      marketplace_id: marketplaceId,
      expires_at: standing.expiresAt?.toISOString() ?? null,
      updates_until: standing.updatesUntil?.toISOString() ?? null,
      ...(reason ? { reason } : {}),
    };
    for (const instanceId of await shopsOf(tx, license)) {
      await this.outbox.recordEvent(tx, `license.${change}`, instanceId, news);
    }
    return change;
  }
}

/** How a license stands after a change, in one word; null when nothing changed. */
export function changeBetween(before: Standing, after: Standing): Change | null {
  const times = ['expiresAt', 'updatesUntil', 'suspendedAt', 'revokedAt'] as const;
  const isSame = times.every((name) => before[name]?.getTime() === after[name]?.getTime());
  if (isSame && before.revokedReason === after.revokedReason) return null;
  if (after.revokedAt !== null) return 'revoked';
  return after.suspendedAt === null ? 'renewed' : 'suspended';
}

function holdOf({ hold, heldAt, holdReason }: License): Hold | null {
  return hold && { as: hold, at: heldAt!, reason: holdReason! };
}

/** A license nobody paid for keeps the term it was given. */
function standingOfGift({ expiresAt, updatesUntil }: License, hold: Hold | null): Standing {
  return {
    expiresAt,
    updatesUntil,
    suspendedAt: hold?.as === 'suspended' ? hold.at : null,
    revokedAt: hold?.as === 'revoked' ? hold.at : null,
    revokedReason: hold?.as === 'revoked' ? hold.reason : null,
  };
}

/** Locks the order of a license before the license itself, as payments do, and says its interval. */
async function lockOrderOf(tx: EntityManager, licenseId: string): Promise<BillingInterval | null> {
  const rows: { billing_interval: BillingInterval | null }[] = await tx.query(
    'SELECT billing_interval FROM orders WHERE id = (SELECT order_id FROM licenses WHERE id = $1) FOR UPDATE',
    [licenseId],
  );
  return rows[0]?.billing_interval ?? null;
}

/** Where a license was bought and where it runs, in one order for everybody, so that two changes never wait for each other. */
async function shopsOf(tx: EntityManager, { id, instanceId }: License): Promise<string[]> {
  const live = await tx.findBy(LicenseActivation, { licenseId: id, releasedAt: IsNull() });
  const shops = new Set(live.map((activation) => activation.instanceId));
  if (instanceId !== null) shops.add(instanceId);
  return [...shops].sort();
}
