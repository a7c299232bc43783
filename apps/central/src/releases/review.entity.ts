import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an operator or a member said about a release. */
@Entity('release_comments')
export class ReleaseComment {
  /** `cmt_…` */
  @PrimaryColumn('text') id!: string;
  @Column('text') releaseId!: string;
  /** As the audit log names actors. */
  @Column('text') author!: string;
  @Column('text') body!: string;
  /** For operators only. */
  @Column('boolean') internal!: boolean;
  @Column('timestamptz') writtenAt!: Date;
}

/** One operator's yes to one submission of a release. */
@Entity('release_approvals')
export class ReleaseApproval {
  @PrimaryColumn('text') releaseId!: string;
  @PrimaryColumn('int') round!: number;
  @PrimaryColumn('text') operator!: string;
  @Column('timestamptz') approvedAt!: Date;
}
