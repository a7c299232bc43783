import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An artifact no row names, on its way out. */
@Entity('doomed_artifacts')
export class DoomedArtifact {
  @PrimaryColumn('text') sha256!: string;
  @Column('timestamptz') doomedAt!: Date;
  /** Past the point of no return: an upload of the same bytes has to wait until they are gone. */
  @Column('boolean') going!: boolean;
}
