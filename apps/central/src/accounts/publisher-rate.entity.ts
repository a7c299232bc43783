import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the hub keeps of a publisher's sales from a time on. Only ever added: what was agreed before stays readable. */
@Entity('publisher_rates')
export class PublisherRate {
  @PrimaryColumn('text') publisherId!: string;
  @PrimaryColumn('timestamptz') validFrom!: Date;
  @Column('int') commissionPercent!: number;
  @Column('timestamptz') setAt!: Date;
}
