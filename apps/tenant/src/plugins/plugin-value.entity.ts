import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One value a plugin keeps in the shop. Plugins see their own only. */
@Entity('plugin_values')
export class PluginValue {
  @PrimaryColumn('text') pluginId!: string;
  @PrimaryColumn('text') key!: string;
  /** JSON. Typed loosely: the recursive type would send the query types into a loop. */
  @Column('jsonb') value!: unknown;
}
