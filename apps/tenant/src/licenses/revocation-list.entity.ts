import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The newest signed list of a hub: licenses that are not to be used any more. */
@Entity('revocation_lists')
export class HubRevocations {
  @PrimaryColumn('text') hubUrl!: string;
  @Column('bigint') sequence!: string;
  @Column('text', { array: true }) revoked!: string[];
  @Column('text', { array: true }) suspended!: string[];
  /** By the hub's clock. */
  @Column('timestamptz') issuedAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
  /** When the hub was last asked for a newer one. */
  @Column('timestamptz') askedAt!: Date;
}
