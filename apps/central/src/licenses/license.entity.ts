import type { InstanceEnvironment, LicenseKind } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** The right of one customer to run one package. */
@Entity('licenses')
export class License {
  @PrimaryColumn('text') id!: string;
  /** The order that was paid; one license each, for ever. Null when an operator gave the license away. */
  @Column('text', { nullable: true }) orderId!: string | null;
  @Column('text') packageId!: string;
  @Column('text') kind!: LicenseKind;
  @Column('text') customerEmail!: string;
  /** Finds the license by its key; see `LicenseKeys`. */
  @Column('bytea') keyLookup!: Buffer;
  @Column('bytea') keySealed!: Buffer;
  /** Production instances that may run it at the same time. */
  @Column('int') seats!: number;
  /** Where it was bought, or moved to since. */
  @Column('text', { nullable: true }) instanceId!: string | null;
  @Column('timestamptz') issuedAt!: Date;
  /** Null means perpetual. */
  @Column('timestamptz', { nullable: true }) expiresAt!: Date | null;
  /** Releases up to this moment may be downloaded; null means all. */
  @Column('timestamptz', { nullable: true }) updatesUntil!: Date | null;
  @Column('timestamptz', { nullable: true }) suspendedAt!: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
  @Column('text', { nullable: true }) revokedReason!: string | null;
  /** What an operator decided; `suspendedAt` and `revokedAt` follow from it and from the payments. */
  @Column('text', { nullable: true }) hold!: 'suspended' | 'revoked' | null;
  @Column('timestamptz', { nullable: true }) heldAt!: Date | null;
  @Column('text', { nullable: true }) holdReason!: string | null;
}

/** One instance using one license. Only a live row of a production instance takes a seat. */
@Entity('license_activations')
export class LicenseActivation {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('text') licenseId!: string;
  @Column('text') instanceId!: string;
  @Column('text') environment!: InstanceEnvironment;
  @Column('timestamptz') activatedAt!: Date;
  @Column('timestamptz', { nullable: true }) releasedAt!: Date | null;
}
