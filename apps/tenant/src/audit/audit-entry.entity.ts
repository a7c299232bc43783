import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Who did what to what, written in the transaction of the change itself. */
@Entity('audit_entries')
export class AuditEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('timestamptz') at!: Date;
  /** `admin:acc_…`, `hub`, `system` or `ops`. */
  @Column('text') actor!: string;
  /** `noun.past`, as events are named. */
  @Column('text') action!: string;
  @Column('text') subject!: string;
  /** Identifiers and codes only: no secrets, no personal data. */
  @Column('jsonb') data!: Record<string, unknown>;
}
