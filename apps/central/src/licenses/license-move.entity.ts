import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A license that went from one shop to another. */
@Entity('license_moves')
export class LicenseMove {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('text') licenseId!: string;
  @Column('text') fromInstanceId!: string;
  @Column('text') toInstanceId!: string;
  /** As the audit log names people. */
  @Column('text') movedBy!: string;
  @Column('timestamptz') movedAt!: Date;
  /** An undone move does not count against the limit. */
  @Column('timestamptz', { nullable: true }) undoneAt!: Date | null;
}
