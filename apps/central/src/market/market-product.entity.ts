import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Something on sale in cPanel. What it is called and costs is its package's. */
@Entity('market_products')
export class MarketProduct {
  /** A decimal number as text: cPanel's pages compare ids as text, some of its documents call them numbers. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('text') packageId!: string;
  /** A certificate is priced by the name. */
  @Column('text') kind!: 'license' | 'certificate';
  @Column('timestamptz') createdAt!: Date;
  /** Not on sale from here on. */
  @Column('timestamptz', { nullable: true }) disabledAt!: Date | null;
}
