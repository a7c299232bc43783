import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PictureType } from './picture-type.js';

/** A picture of a listing, fetched from its publisher; its bytes lie in the artifact store under `sha256`. */
@Entity('pictures')
export class Picture {
  @PrimaryColumn('text') sha256!: string;
  @Column('text') type!: PictureType;
  @Column('int') sizeBytes!: number;
  @Column('timestamptz') fetchedAt!: Date;
}
