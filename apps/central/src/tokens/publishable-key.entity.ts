import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PublisherScope } from './publisher-scopes.js';

/** `pk_…`: lets a shop read the feed. Not a secret of weight, yet only its hash is kept and it is shown once. */
@Entity('publishable_keys')
export class PublishableKey {
  @PrimaryColumn('text') id!: string;
  @Column('text') name!: string;
  @Column('bytea') keyHash!: Buffer;
  /** First characters, so that people can tell keys apart. */
  @Column('text') hint!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
}

/** What a publisher's tools authenticate with. */
@Entity('publisher_tokens')
export class PublisherToken {
  @PrimaryColumn('text') id!: string;
  @Column('text') publisherId!: string;
  @Column('text') name!: string;
  /** First characters, so that people can tell tokens apart. */
  @Column('text', { nullable: true }) hint!: string | null;
  @Column('bytea') tokenHash!: Buffer;
  @Column('text', { array: true }) scopes!: PublisherScope[];
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
}
