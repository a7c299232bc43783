import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person who runs shops and signs in to the hub's portal, usually from a platform they are signed in to already. */
@Entity('merchant_accounts')
export class MerchantAccount {
  @PrimaryColumn('uuid') id!: string;
  /** Host of the store the account belongs to: the hub's own. */
  @Column('text') store!: string;
  /** Lower case; unique in the store. */
  @Column('text') email!: string;
  /** The platform sent none, so this address is made up and no mail goes there. */
  @Column('boolean') emailGenerated!: boolean;
  /** Shown, never fetched by the hub. */
  @Column('text', { nullable: true }) pictureUrl!: string | null;
  @Column('timestamptz', { nullable: true }) termsAcceptedAt!: Date | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) suspendedAt!: Date | null;
  /** When a link sent to the address was followed. Null while it is only claimed. */
  @Column('timestamptz', { nullable: true }) emailProvenAt!: Date | null;
  @Column('timestamptz', { nullable: true }) deletedAt!: Date | null;
}

/** How another platform calls an account. The id is compared byte by byte. */
@Entity('merchant_identities')
export class MerchantIdentity {
  @PrimaryColumn('text') store!: string;
  @PrimaryColumn('text') issuer!: string;
  @PrimaryColumn('text') externalUuid!: string;
  @Column('uuid') accountId!: string;
  @Column('timestamptz') linkedAt!: Date;
}

export type MerchantRole = 'member' | 'admin' | 'owner';

/** An account belongs to a shop. */
@Entity('merchant_memberships')
export class MerchantMembership {
  @PrimaryColumn('uuid') accountId!: string;
  @PrimaryColumn('text') instanceId!: string;
  @Column('text') role!: MerchantRole;
  @Column('timestamptz') joinedAt!: Date;
  @Column('timestamptz', { nullable: true }) endedAt!: Date | null;
}

/** A signed-in browser. Only the SHA-256 of its token is kept. */
@Entity('merchant_sessions')
export class MerchantSession {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('uuid') accountId!: string;
  /** The platform that vouched for the person; null for a sign-in of the hub's own. */
  @Column('text', { nullable: true }) issuer!: string | null;
  @Column('text', { nullable: true }) readerExitUrl!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
}
