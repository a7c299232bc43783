import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Whether the hub is told how installations end. One row; none, and nothing told, until an admin has decided. */
@Entity('outcome_consents')
export class OutcomeConsent {
  @PrimaryColumn('boolean') onlyRow!: boolean;
  @Column('boolean') given!: boolean;
  @Column('timestamptz') decidedAt!: Date;
}
