import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who may sign in to the shop's admin. */
@Entity('admins')
export class Admin {
  @PrimaryColumn('text') id!: string;
  @Column('text') email!: string;
  /** argon2id, in PHC form. */
  @Column('text') passwordHash!: string;
  @Column('timestamptz') createdAt!: Date;
}
