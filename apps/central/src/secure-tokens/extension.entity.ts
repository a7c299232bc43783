import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A front end of somebody else's that runs in the portal and calls somebody else's API. */
@Entity('extensions')
export class Extension {
  @PrimaryColumn('text') id!: string;
  @Column('text') name!: string;
  /** The package whose license it runs on; null for an extension that needs none. */
  @Column('text', { nullable: true }) packageId!: string | null;
  /** The APIs its tokens may be for. */
  @Column('text', { array: true }) apiOrigins!: string[];
  /** Where its pages may be served from. */
  @Column('text', { array: true }) frontendOrigins!: string[];
  /** The page the portal shows; on one of the front-end origins. */
  @Column('text', { nullable: true }) frontendUrl!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) disabledAt!: Date | null;
}

/** An extension a shop has. */
@Entity('extension_installations')
export class ExtensionInstallation {
  @PrimaryColumn('text') extensionId!: string;
  @PrimaryColumn('text') instanceId!: string;
  @Column('timestamptz') installedAt!: Date;
  @Column('timestamptz', { nullable: true }) disabledAt!: Date | null;
}
