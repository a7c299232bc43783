import { Clock, inTransaction } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordAudit } from '#audit';
import { scheduleCheck } from './update-schedule.js';
import { SavedPolicy } from './update-tables.entity.js';
import { DEFAULT_POLICY, type UpdatePolicy } from './update-policy.js';

/** How soon a changed policy is acted upon: time enough to correct a slip. */
const ACT_AFTER_MS = 60_000;

@Injectable()
export class UpdatePolicyService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The policy in force; the default one until an admin has saved another. */
  async current(): Promise<UpdatePolicy> {
    const saved = await this.dataSource.manager.findOneBy(SavedPolicy, { onlyRow: true });
    return saved?.policy ?? DEFAULT_POLICY;
  }

  /** Replaces the policy, and has it acted upon within minutes. */
  async save(policy: UpdatePolicy, actor: string): Promise<UpdatePolicy> {
    await inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const row = { onlyRow: true, policy: policy as object, updatedAt: at };
      await tx.upsert(SavedPolicy, row, ['onlyRow']);
      await recordAudit(tx, { at, actor, action: 'update_policy.saved', subject: 'update-policy' });
      await scheduleCheck(tx, new Date(at.getTime() + ACT_AFTER_MS));
    });
    return this.current();
  }
}
