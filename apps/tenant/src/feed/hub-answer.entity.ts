import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last good answer to one question, for the days the hub is away. */
@Entity('hub_answers')
export class HubAnswer {
  @PrimaryColumn('text') key!: string;
  @Column('jsonb') body!: object;
  @Column('timestamptz') answeredAt!: Date;
}
