import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One request that left the shop. Names and sizes only: no value of a field is ever kept (federation.md §7). */
@Entity('egress_entries')
export class EgressEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  /** Before it was sent. */
  @Column('timestamptz') at!: Date;
  @Column('text') method!: string;
  @Column('text') host!: string;
  /** Without the query. */
  @Column('text') path!: string;
  /** `query.page`, `body.license_key`, `header.x-instance-id`. */
  @Column('text', { array: true }) fields!: string[];
  /** Of the body. */
  @Column('int') bytes!: number;
  /** Null while under way, or when nothing answered. */
  @Column('int', { nullable: true }) status!: number | null;
  @Column('text', { nullable: true }) failure!: string | null;
  @Column('int', { nullable: true }) durationMs!: number | null;
}
