import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An event of the shop for those who listen to it (`plugin.installed`, …), recorded with the change it tells of. */
@Entity('shop_events')
export class ShopEvent {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('timestamptz') at!: Date;
  @Column('text') name!: string;
  @Column('jsonb') data!: Record<string, unknown>;
  /** What the host platform calls it; null for events of the tenant itself. */
  @Column('text', { nullable: true }) hostId!: string | null;
}
