import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MailTemplate } from './mail-templates.js';

/** One letter to one person. What it says is sealed while it waits, for it may carry a key or a link, and gone once it was sent. */
@Entity('mails')
export class Mail {
  @PrimaryColumn('text') id!: string;
  @Column('text') template!: MailTemplate;
  @Column('text') recipient!: string;
  /** What it is about: the same cause is told once. Null when every asking is a letter of its own. */
  @Column('text', { nullable: true }) cause!: string | null;
  @Column('bytea', { nullable: true }) valuesSealed!: Buffer | null;
  @Column('timestamptz') queuedAt!: Date;
  @Column('timestamptz', { nullable: true }) sentAt!: Date | null;
  /** The mail server refused it for good. */
  @Column('timestamptz', { nullable: true }) refusedAt!: Date | null;
  /** Code of the last failure: `ECONNECTION`, `550`, … */
  @Column('text', { nullable: true }) error!: string | null;
}
