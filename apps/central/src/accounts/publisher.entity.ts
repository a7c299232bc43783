import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A vendor: owns namespaces, signs releases, earns money. */
@Entity('publishers')
export class Publisher {
  @PrimaryColumn('text') id!: string;
  @Column('text') name!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) verifiedAt!: Date | null;
  /** Of the publisher agreement; null for one the operators made. */
  @Column('text', { nullable: true }) agreementVersion!: string | null;
  @Column('timestamptz', { nullable: true }) agreementAcceptedAt!: Date | null;
  /** Two operators have to approve each release. */
  @Column('boolean') twoPersonReview!: boolean;
}

/** `@vendor`, claimed once and for ever. */
@Entity('publisher_namespaces')
export class PublisherNamespace {
  @PrimaryColumn('text') namespace!: string;
  @Column('text') publisherId!: string;
  @Column('timestamptz') claimedAt!: Date;
  /** When an operator looked at who claims it; releases wait until then. */
  @Column('timestamptz', { nullable: true }) verifiedAt!: Date | null;
  @Column('text', { nullable: true }) verifiedBy!: string | null;
}

/** A key a publisher signs releases with. Revoked keys stay: releases remain tied to the key that signed them. */
@Entity('publisher_keys')
export class PublisherKey {
  /** RFC 7638 thumbprint. */
  @PrimaryColumn('text') kid!: string;
  @Column('text') publisherId!: string;
  @Column('text') name!: string;
  @Column('jsonb') publicJwk!: Record<string, unknown>;
  @Column('timestamptz') addedAt!: Date;
  /** Null: from its adding on. */
  @Column('timestamptz', { nullable: true }) validFrom!: Date | null;
  /** Null: until it is revoked. */
  @Column('timestamptz', { nullable: true }) validUntil!: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
  @Column('text', { nullable: true }) revokedReason!: string | null;
}
