import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A platform whose word the store takes for who somebody is. */
@Entity('external_issuers')
export class Issuer {
  @PrimaryColumn('uuid') id!: string;
  /** Host of the store it signs people in to. */
  @Column('text') store!: string;
  /** The `iss` of its tokens. */
  @Column('text') issuer!: string;
  /** Where a browser goes when a sign-in is refused. */
  @Column('text') redirectUrl!: string;
  /** Where a browser goes after signing out. */
  @Column('text', { nullable: true }) logoutUrl!: string | null;
  /** Where people arrive when the token names no page of the store. */
  @Column('text') defaultPath!: string;
  /** Origins a link back to the platform may have. */
  @Column('text', { array: true }) readerExitOrigins!: string[];
  /** The longest life of a token, at most 3,600. */
  @Column('int') maxLifeSeconds!: number;
  /** People who come through this issuer become members of this shop. */
  @Column('text', { nullable: true }) instanceId!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) disabledAt!: Date | null;
}

/** A secret shared with an issuer, shown once when made. */
@Entity('external_issuer_keys')
export class IssuerKey {
  @PrimaryColumn('text') kid!: string;
  @Column('uuid') issuerId!: string;
  /** Both are accepted; a third key takes the place of `previous`. */
  @Column('text') slot!: 'current' | 'previous';
  @Column('bytea') secretSealed!: Buffer;
  @Column('timestamptz') createdAt!: Date;
}
