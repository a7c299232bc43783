import { Column, Entity, PrimaryColumn } from 'typeorm';

export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

/** One event on its way to one instance. The next try is data an operator can read. */
@Entity('deliveries')
export class Delivery {
  @PrimaryColumn('text') id!: string;
  /** Order of the instance's inbox. */
  @Column('bigint', { generated: 'increment' }) sequence!: string;
  @Column('text') eventId!: string;
  @Column('text') instanceId!: string;
  @Column('text') status!: DeliveryStatus;
  /** Pushes that were tried; a pull counts none. */
  @Column('int') attempts!: number;
  /** Null when nothing will be tried: delivered, dead, or waiting in a pulled inbox. */
  @Column('timestamptz', { nullable: true }) nextAttemptAt!: Date | null;
  @Column('timestamptz', { nullable: true }) deliveredAt!: Date | null;
  @Column('timestamptz') createdAt!: Date;
}

/** One try to push a delivery. */
@Entity('delivery_attempts')
export class DeliveryAttempt {
  @PrimaryColumn('text') deliveryId!: string;
  @PrimaryColumn('int') attempt!: number;
  @Column('timestamptz') startedAt!: Date;
  @Column('int') durationMs!: number;
  @Column('int', { nullable: true }) httpStatus!: number | null;
  /** Code of the failure when no answer came: `ETIMEDOUT`, `ECONNREFUSED`, … */
  @Column('text', { nullable: true }) error!: string | null;
  @Column('text', { nullable: true }) responseExcerpt!: string | null;
}
