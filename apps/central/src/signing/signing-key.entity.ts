import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a key is for. One key, one purpose: a token of one kind is refused by the verifier of every other. */
export const KEY_PURPOSES = [
  'license',
  'revocations',
  'sealing',
  'download',
  'ext',
  'tuf-timestamp',
  'tuf-snapshot',
  'tuf-bins',
] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

@Entity('signing_keys')
export class SigningKey {
  @PrimaryColumn('text') kid!: string;
  @Column('text') purpose!: KeyPurpose;
  /** Null for a symmetric key. */
  @Column('jsonb', { nullable: true }) publicJwk!: Record<string, unknown> | null;
  @Column('bytea') privateSealed!: Buffer;
  @Column('timestamptz') createdAt!: Date;
  /** Published from the start, used from here on: verifiers have it cached by then. */
  @Column('timestamptz') activeFrom!: Date;
  /** From here on nothing made with it is accepted. */
  @Column('timestamptz', { nullable: true }) retiredAt!: Date | null;
}
