import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why an endpoint is not called: an admin's wish, or its own word that it is gone for good (410). */
export type HookDisabledReason = 'BY_ADMIN' | 'GONE';

/** Somebody who listens to the shop's events. The secret is sealed and shown once, when it is made. */
@Entity('event_hooks')
export class EventHook {
  @PrimaryColumn('text') id!: string;
  @Column('text') url!: string;
  /** Names, or groups such as `plugin.*`. */
  @Column('text', { array: true }) events!: string[];
  @Column('bytea') secretSealed!: Buffer;
  /** The secret before, which signs beside the new one for a while. */
  @Column('bytea', { nullable: true }) previousSealed!: Buffer | null;
  @Column('timestamptz', { nullable: true }) previousUntil!: Date | null;
  @Column('boolean') enabled!: boolean;
  @Column('text', { nullable: true }) disabledReason!: HookDisabledReason | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
}

export const DELIVERY_STATUSES = ['pending', 'delivered', 'dead'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event on its way to one endpoint. The body is what was true when it happened and never changes. */
@Entity('hook_deliveries')
export class HookDelivery {
  @PrimaryColumn('text') id!: string;
  @Column('text') hookId!: string;
  @Column('bigint') eventId!: string;
  @Column('text') event!: string;
  @Column('text') body!: string;
  @Column('text') status!: DeliveryStatus;
  /** Failed tries since it was last asked for. */
  @Column('int') attempts!: number;
  /** Null when it is done, given up, or its endpoint disabled. While a try is under way: when that try counts as lost. */
  @Column('timestamptz', { nullable: true }) nextAttemptAt!: Date | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) deliveredAt!: Date | null;
}

/** One try, counted on through every replay. */
@Entity('hook_attempts')
export class HookAttempt {
  @PrimaryColumn('text') deliveryId!: string;
  @PrimaryColumn('int') attempt!: number;
  @Column('timestamptz') startedAt!: Date;
  /** Of the answer; null when none came. */
  @Column('int', { nullable: true }) status!: number | null;
  @Column('text', { nullable: true }) failure!: string | null;
  @Column('int') durationMs!: number;
}
