import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type Severity = 'info' | 'warning' | 'critical';

/** Something an admin should know: `GET /admin/notifications`. */
@Entity('notifications')
export class Notification {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('timestamptz') at!: Date;
  /** Stable, `SCREAMING_SNAKE`; the message is prose. */
  @Column('text') code!: string;
  @Column('text') severity!: Severity;
  @Column('text') message!: string;
  /** Marketplace id, plugin id or another name of what it is about. */
  @Column('text') subject!: string;
  /** A second notification with the same key is not made. */
  @Column('text', { nullable: true }) onceKey!: string | null;
}
