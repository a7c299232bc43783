import type { InstanceEventName } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A fact for every instance, and how far it has been handed out. The hub does not know which shop has what installed. */
@Entity('announcements')
export class Announcement {
  /** `ann_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') type!: InstanceEventName;
  @Column('jsonb') body!: object;
  /** Instances with ids up to this one have it. */
  @Column('text') toldUpTo!: string;
  @Column('timestamptz') recordedAt!: Date;
  @Column('timestamptz', { nullable: true }) doneAt!: Date | null;
}
