import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a member may do: everything; releases, listings and their own tokens; look. */
export const MEMBER_ROLES = ['owner', 'developer', 'viewer'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** A person who acts for a publisher. */
@Entity('publisher_members')
export class PublisherMember {
  @PrimaryColumn('text') publisherId!: string;
  @PrimaryColumn('text') accountId!: string;
  @Column('text') role!: MemberRole;
  @Column('timestamptz') joinedAt!: Date;
}

/** An offer to become a member, sent by mail. Only the SHA-256 of its token is kept. */
@Entity('publisher_invitations')
export class PublisherInvitation {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('text') publisherId!: string;
  /** Lower case. */
  @Column('text') email!: string;
  @Column('text') role!: MemberRole;
  @Column('text') invitedBy!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) acceptedAt!: Date | null;
}

/** A token that was mailed to an address, to prove that somebody reads it. */
@Entity('account_proofs')
export class AccountProof {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('text') accountId!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) usedAt!: Date | null;
}

/** A link that sets another password, once. */
@Entity('password_resets')
export class PasswordReset {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('text') accountId!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) usedAt!: Date | null;
}
