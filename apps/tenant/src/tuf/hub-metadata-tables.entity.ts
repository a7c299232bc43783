import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where this shop's trust in its hub's release metadata begins. */
@Entity('hub_roots')
export class HubRoot {
  @PrimaryColumn('text') hubUrl!: string;
  /** Of the root it began with. */
  @Column('text') pinnedSha256!: string;
  /** A file the operator set, or the first root the hub showed. */
  @Column('text') source!: 'file' | 'first_seen';
  @Column('timestamptz') pinnedAt!: Date;
}

/** Metadata this shop verified, so that nobody can show it anything older. In the database: a crash leaves all of it or none. */
@Entity('hub_metadata_files')
export class HubMetadataFile {
  @PrimaryColumn('text') hubUrl!: string;
  /** `root.json`, `timestamp.json`, `bins-7f.json`. */
  @PrimaryColumn('text') name!: string;
  @Column('int') version!: number;
  /** Of the root it was verified under: a new root may begin a role's versions again. */
  @Column('int') rootVersion!: number;
  @Column('bytea') body!: Buffer;
}
