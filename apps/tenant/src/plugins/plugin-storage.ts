import type { JsonValue, PluginStorage } from '@hansa/plugin-host';
import type { EntityManager } from 'typeorm';
import { PluginValue } from './plugin-value.entity.js';

/** The values of one plugin: every query names the plugin, so none can reach another's. */
export function pluginStorage(db: EntityManager, pluginId: string): PluginStorage {
  return {
    async get(key) {
      return (await db.findOneBy(PluginValue, { pluginId, key }))?.value as JsonValue | undefined;
    },
    async set(key, value) {
      await db.query(
        `INSERT INTO plugin_values (plugin_id, key, value) VALUES ($1, $2, $3::jsonb)
         ON CONFLICT (plugin_id, key) DO UPDATE SET value = excluded.value`,
        [pluginId, key, JSON.stringify(value)],
      );
    },
    async delete(key) {
      await db.delete(PluginValue, { pluginId, key });
    },
    async list(prefix = '') {
      const entries = await db
        .createQueryBuilder(PluginValue, 'entry')
        .where('entry.pluginId = :pluginId AND starts_with(entry.key, :prefix)', { pluginId, prefix })
        .orderBy('entry.key')
        .getMany();
      return entries.map(({ key, value }) => ({ key, value: value as JsonValue }));
    },
  };
}
