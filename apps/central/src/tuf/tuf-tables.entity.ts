import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A released file: what the metadata says of it. The row goes when the release is yanked. */
@Entity('tuf_targets')
export class TufTarget {
  /** `tufTargetPath` of the release. */
  @PrimaryColumn('text') path!: string;
  /** The first byte of SHA-256 of the path. */
  @Column('smallint') bin!: number;
  @Column('int') sizeBytes!: number;
  @Column('text') sha256!: string;
}

/** One of the bins targets are spread over. There are always all of them. */
@Entity('tuf_bins')
export class TufBin {
  @PrimaryColumn('smallint') bin!: number;
  /** Of the file signed last; 0 before the first. */
  @Column('int') version!: number;
  /** A target of it changed since. */
  @Column('boolean') dirty!: boolean;
  @Column('int', { nullable: true }) sizeBytes!: number | null;
  @Column('text', { nullable: true }) sha256!: string | null;
  @Column('timestamptz', { nullable: true }) expiresAt!: Date | null;
}

/** Signed metadata as it is sent, byte for byte. */
@Entity('tuf_files')
export class TufFile {
  /** `timestamp.json`, `3.snapshot.json`, `1.bins-7f.json`. */
  @PrimaryColumn('text') name!: string;
  @Column('text') role!: string;
  @Column('int') version!: number;
  @Column('bytea') body!: Buffer;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz') writtenAt!: Date;
}
