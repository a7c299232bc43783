import { Column, Entity, PrimaryColumn } from 'typeorm';

export const MARKET_SCOPES = ['cart:write', 'profile:email'] as const;
export type MarketScope = (typeof MARKET_SCOPES)[number];

/** Lets one cPanel server act for one merchant for an hour. Only the SHA-256 is kept. */
@Entity('market_tokens')
export class MarketToken {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  /** The code it was exchanged for: when that comes again, the token ends. */
  @Column('bytea') codeHash!: Buffer;
  @Column('text') clientId!: string;
  @Column('uuid') accountId!: string;
  @Column('text', { array: true }) scopes!: MarketScope[];
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) revokedAt!: Date | null;
}
