import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A license request that was carried to the hub by hand. Only the newest of a package may be answered. */
@Entity('license_requests')
export class LicenseRequest {
  /** `jti` of the request; the answer repeats it. */
  @PrimaryColumn('text') id!: string;
  @Column('bigint', { generated: 'increment' }) number!: string;
  @Column('text') hubUrl!: string;
  @Column('text') marketplaceId!: string;
  @Column('bytea') keySealed!: Buffer;
  @Column('timestamptz') createdAt!: Date;
}
