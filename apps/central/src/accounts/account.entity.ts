import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person who signs in. */
@Entity('accounts')
export class Account {
  @PrimaryColumn('text') id!: string;
  /** Lower case. */
  @Column('text') email!: string;
  /** argon2id. */
  @Column('text') passwordHash!: string;
  @Column('boolean') isOperator!: boolean;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) disabledAt!: Date | null;
  @Column('timestamptz', { nullable: true }) emailVerifiedAt!: Date | null;
  /** The secret of the second factor; there is none to ask for until it was confirmed. */
  @Column('bytea', { nullable: true }) totpSealed!: Buffer | null;
  @Column('timestamptz', { nullable: true }) totpEnabledAt!: Date | null;
  /** The time step of the last code that was taken. */
  @Column('int') totpLastStep!: number;
}

/** A signed-in browser or script. Only the SHA-256 of its token is kept. */
@Entity('sessions')
export class Session {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('text') accountId!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
}
