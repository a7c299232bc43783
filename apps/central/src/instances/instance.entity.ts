import type { DeliveryMode, InstanceEnvironment } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One installed shop. Its Ed25519 key is who it is; its address only says where it answers. */
@Entity('instances')
export class Instance {
  @PrimaryColumn('text') id!: string;
  @Column('text') baseUrl!: string;
  @Column('jsonb') publicJwk!: Record<string, unknown>;
  @Column('text') keyThumbprint!: string;
  @Column('text') platformVersion!: string;
  @Column('text') environment!: InstanceEnvironment;
  @Column('text') mode!: DeliveryMode;
  @Column('bytea') webhookSecretSealed!: Buffer;
  /** Signs too until it ends, so that a shop can change over without losing a delivery. */
  @Column('bytea', { nullable: true }) previousSecretSealed!: Buffer | null;
  @Column('timestamptz', { nullable: true }) previousSecretUntil!: Date | null;
  @Column('timestamptz') registeredAt!: Date;
  @Column('timestamptz') updatedAt!: Date;
  /** The endpoint answered 410: nothing is pushed until the instance registers again. */
  @Column('timestamptz', { nullable: true }) pushDisabledAt!: Date | null;
}
