import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One fact for one instance. The body is frozen when the fact is recorded, and sealed because it may carry a license key. */
@Entity('outbox_events')
export class OutboxEvent {
  @PrimaryColumn('text') id!: string;
  @Column('text') type!: string;
  @Column('text') instanceId!: string;
  @Column('bytea') bodySealed!: Buffer;
  @Column('timestamptz') recordedAt!: Date;
}
