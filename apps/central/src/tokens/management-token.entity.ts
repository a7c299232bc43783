import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a management token may do (docs/protocol/composer.md §1). */
export const MANAGEMENT_SCOPES = ['tokens:read', 'tokens:write', 'customers:read'] as const;
export type ManagementScope = (typeof MANAGEMENT_SCOPES)[number];

/** What a seller's own shop authenticates with to sell access to Composer packages. Only its SHA-256 is kept. */
@Entity('management_tokens')
export class ManagementToken {
  @PrimaryColumn('text') id!: string;
  /** Whose packages it may hand out; null stands for the operator's, which may hand out any. */
  @Column('text', { nullable: true }) publisherId!: string | null;
  @Column('text') name!: string;
  @Column('bytea') tokenHash!: Buffer;
  @Column('text', { array: true }) scopes!: ManagementScope[];
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
}
