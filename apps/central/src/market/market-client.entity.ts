import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One cPanel server that sells what the hub sells: a public OAuth client. */
@Entity('market_clients')
export class MarketClient {
  /** `mcl_…`, its `client_id`. */
  @PrimaryColumn('text') id!: string;
  /** What the consent page calls it. */
  @Column('text') name!: string;
  /** Where its users may be sent, spelled as `URL.origin` prints it. */
  @Column('text', { array: true }) origins!: string[];
  @Column('timestamptz') createdAt!: Date;
  /** From here on it gets no answer, and its tokens are refused. */
  @Column('timestamptz', { nullable: true }) disabledAt!: Date | null;
}

/** What a merchant's consent sends back to cPanel. Only the SHA-256 of the code is kept. */
@Entity('market_codes')
export class MarketCode {
  @PrimaryColumn('bytea') codeHash!: Buffer;
  @Column('text') clientId!: string;
  @Column('uuid') accountId!: string;
  /** Byte for byte as it came: the exchange must bring the same. */
  @Column('text') redirectUri!: string;
  /** PKCE, S256. */
  @Column('text') challenge!: string;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) usedAt!: Date | null;
}
