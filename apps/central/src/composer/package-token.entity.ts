import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** What a customer's `composer` authenticates with. Only the SHA-256 of the secret is kept. */
@Entity('package_tokens')
export class PackageToken {
  /** `token_…` */
  @PrimaryColumn('text') id!: string;
  /** Who manages it: a publisher's id, `operator`, or `hub` when a license brought it. */
  @Column('text') issuer!: string;
  @Column('bytea') tokenHash!: Buffer;
  @Column('text') description!: string;
  /** Requests an hour. */
  @Column('int') rateLimitMax!: number;
  /** The customer in the seller's own words. */
  @Column('text', { nullable: true }) customerId!: string | null;
  @Column('text', { nullable: true }) customerEmail!: string | null;
  @Column('timestamptz') createdAt!: Date;
  /** Null means never. */
  @Column('timestamptz', { nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
  /** Counts changes of the token and of what it opens. */
  @Column('bigint') revision!: string;
}

/** One right of a package token; see `Entitlement`. */
@Entity('package_token_entitlements')
export class PackageTokenEntitlement {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('text') tokenId!: string;
  @Column('text') prefix!: string;
  @Column('boolean') exact!: boolean;
  /** The seller's order it came with. */
  @Column('text', { nullable: true }) orderId!: string | null;
  /** The hub's own license it came with; such a right is changed by its license only. */
  @Column('text', { nullable: true }) licenseId!: string | null;
  @Column('timestamptz', { nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { nullable: true }) updatesUntil!: Date | null;
  @Column('timestamptz') createdAt!: Date;
}
