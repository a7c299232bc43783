import type { LicenseChangedEvent } from '@hansa/contracts';
import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { Instance } from '#instances';
import { OutboxService } from '#outbox';
import { LicenseKeys } from './license-keys.js';
import { LicenseMove } from './license-move.entity.js';
import { statusOf } from './license-verdict.js';
import { License, LicenseActivation } from './license.entity.js';
import { LicenseError } from './licenses.errors.js';
import { putActivation } from './licenses.repository.js';
import { movesLeft, stillUndoableUntil, undoableUntil, type PastMove } from './move-rules.js';

export interface MoveRequest {
  readonly licenseId: string;
  readonly from: string;
  readonly to: string;
  /** As the audit log names people. */
  readonly actor: string;
}

/** Moves licenses from shop to shop. Both shops hear of it; the one it goes to gets the key and installs. */
@Injectable()
export class LicenseMoves {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly keys: LicenseKeys,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * Moves a license. Whether the asker may is for the caller to know.
   *
   * @throws {LicenseError} LICENSE_UNKNOWN, LICENSE_NOT_ACTIVE, NOT_USED_THERE, USED_THERE_ALREADY, MOVE_TARGET_UNKNOWN or
   *   MOVES_EXHAUSTED
   */
  async move(request: MoveRequest): Promise<{ readonly moveId: string; readonly undoableUntil: Date }> {
    const { licenseId, from, to, actor } = request;
    return inTransaction(this.dataSource, async (tx) => {
      const license = await this.lockActive(tx, licenseId);
      const now = this.clock.now();
      const moves = await tx.findBy(LicenseMove, { licenseId });
      // Read under the lock of the license, so that two moves at once cannot both be the last.
      if (movesLeft(moves, this.config.licenses, now) === 0) throw new LicenseError('MOVES_EXHAUSTED');
      await this.transfer(tx, license, { from, to, at: now });
      const move = { licenseId, fromInstanceId: from, toInstanceId: to, movedBy: actor, movedAt: now, undoneAt: null };
      const { identifiers } = await tx.insert(LicenseMove, move);
      await recordAudit(tx, { at: now, actor, action: 'license.transferred', subject: licenseId, data: { from, to } });
      return {
        moveId: String(identifiers[0]!['id']),
        undoableUntil: undoableUntil(move, this.config.licenses),
      };
    });
  }

  /**
   * Takes the last move of a license back, while there is time.
   *
   * @throws {LicenseError} LICENSE_UNKNOWN, LICENSE_NOT_ACTIVE, MOVE_NOT_UNDOABLE, NOT_USED_THERE or USED_THERE_ALREADY
   */
  async undo(licenseId: string, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const license = await this.lockActive(tx, licenseId);
      const now = this.clock.now();
      const [last] = await tx.find(LicenseMove, {
        where: { licenseId },
        order: { movedAt: 'DESC', id: 'DESC' },
        take: 1,
      });
      if (!last || stillUndoableUntil(last, this.config.licenses, now) === null)
        throw new LicenseError('MOVE_NOT_UNDOABLE');
      const { fromInstanceId: from, toInstanceId: to } = last;
      await this.transfer(tx, license, { from: to, to: from, at: now });
      await tx.update(LicenseMove, { id: last.id }, { undoneAt: now });
      await recordAudit(tx, { at: now, actor, action: 'license.move_undone', subject: licenseId, data: { from, to } });
    });
  }

  /**
   * Sends a license once more to a shop that bought or uses it and has forgotten it; a seat is taken when that shop verifies it.
   *
   * @throws {LicenseError} LICENSE_NOT_FOUND, LICENSE_NOT_ACTIVE or NOTHING_TO_INSTALL
   */
  async issueAgain(licenseId: string, instanceId: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      // Whose it is comes first: strangers learn nothing about a license, not even its state.
      const isBoughtHere = await tx.existsBy(License, { id: licenseId, instanceId });
      const isUsedHere = { licenseId, instanceId, releasedAt: IsNull() };
      if (!isBoughtHere && !(await tx.existsBy(LicenseActivation, isUsedHere)))
        throw new LicenseError('LICENSE_NOT_FOUND');
      const license = await this.lockActive(tx, licenseId);
      const item = await itemOf(tx, license);
      if (item.version === null) throw new LicenseError('NOTHING_TO_INSTALL');
      await this.issueTo(tx, license, instanceId, item);
      const at = this.clock.now();
      await recordAudit(tx, {
        at,
        actor: `instance:${instanceId}`,
        action: 'license.issued_again',
        subject: licenseId,
      });
    });
  }

  /** Until when `undo` takes the last move of a license back; null when it would be refused. */
  undoableUntil(last: PastMove | null, now: Date): Date | null {
    return stillUndoableUntil(last, this.config.licenses, now);
  }

  private async lockActive(tx: EntityManager, id: string): Promise<License> {
    const license = await tx.findOne(License, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!license) throw new LicenseError('LICENSE_UNKNOWN');
    if (statusOf(license, this.clock.now()) !== 'active') throw new LicenseError('LICENSE_NOT_ACTIVE');
    return license;
  }

  private async transfer(
    tx: EntityManager,
    license: License,
    { from, to, at }: { readonly from: string; readonly to: string; readonly at: Date },
  ): Promise<void> {
    const licenseId = license.id;
    const target = await tx.findOneBy(Instance, { id: to });
    if (!target) throw new LicenseError('MOVE_TARGET_UNKNOWN');
    const live = { licenseId, releasedAt: IsNull() };
    if (from === to || (await tx.existsBy(LicenseActivation, { ...live, instanceId: to })))
      throw new LicenseError('USED_THERE_ALREADY');
    const { affected } = await tx.update(LicenseActivation, { ...live, instanceId: from }, { releasedAt: at });
    if (affected === 0 && license.instanceId !== from) throw new LicenseError('NOT_USED_THERE');
    if (affected !== 0) await putActivation(tx, { licenseId, instanceId: to, environment: target.environment, at });
    if (license.instanceId === from) await tx.update(License, { id: licenseId }, { instanceId: to });
    await this.tell(tx, license, from, to);
  }

  /** In the order of the ids, as every change tells the shops of a license: two changes never wait for each other. */
  private async tell(tx: EntityManager, license: License, from: string, to: string): Promise<void> {
    const item = await itemOf(tx, license);
    const news: LicenseChangedEvent = {
      license_id: license.id,
      marketplace_id: item.marketplace_id,
      ...endsOf(license),
    };
    for (const instanceId of [from, to].sort()) {
      await this.outbox.recordEvent(tx, 'license.transferred', instanceId, news);
      if (instanceId === to) await this.issueTo(tx, license, to, item);
    }
  }

  /** The key goes with it: the shop installs. Nothing while there is no release to install. */
  private async issueTo(tx: EntityManager, license: License, instanceId: string, item: LicensedItem): Promise<void> {
    const { marketplace_id, version } = item;
    if (version === null) return;
    await this.outbox.recordEvent(tx, 'license.issued', instanceId, {
      marketplace_id,
      version,
      license_key: this.keys.open(license),
      purchased_by: license.customerEmail,
      license_id: license.id,
      kind: license.kind,
      ...endsOf(license),
    });
  }
}

interface LicensedItem {
  readonly marketplace_id: string;
  /** Of the newest release; null when there is none. */
  readonly version: string | null;
}

async function itemOf(tx: EntityManager, { packageId }: License): Promise<LicensedItem> {
  const [item]: LicensedItem[] = await tx.query(
    `SELECT p.marketplace_id, r.version FROM packages p LEFT JOIN releases r ON r.id = p.latest_release_id WHERE p.id = $1`,
    [packageId],
  );
  return item!;
}

function endsOf({ expiresAt, updatesUntil }: License) {
  return { expires_at: expiresAt?.toISOString() ?? null, updates_until: updatesUntil?.toISOString() ?? null };
}
