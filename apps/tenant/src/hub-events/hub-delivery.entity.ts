import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An event of the hub that was taken. Its id is taken once, in the transaction of the work it set off. */
@Entity('hub_deliveries')
export class HubDelivery {
  @PrimaryColumn('text') deliveryId!: string;
  @Column('text') event!: string;
  /** What it said, without keys and tokens. */
  @Column('jsonb') body!: Record<string, unknown>;
  @Column('timestamptz') receivedAt!: Date;
}
