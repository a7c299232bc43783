import type { DataSource } from 'typeorm';
import { Plugin } from '#plugins';

/** Puts an installed, enabled plugin into the database; there are no files behind it. */
export async function aPlugin(dataSource: DataSource, given: Partial<Plugin> = {}): Promise<void> {
  const now = new Date();
  await dataSource.manager.insert(Plugin, {
    id: 'hello',
    marketplaceId: '@acme/hello',
    name: 'Hello',
    version: '1.0.0',
    manifest: { id: 'hello', version: '1.0.0' },
    sha256: 'a'.repeat(64),
    releaseDir: '1.0.0-aaaaaaaa',
    enabled: true,
    disabledReason: null,
    config: {},
    secretsSealed: null,
    revision: 1,
    installedAt: now,
    updatedAt: now,
    ...given,
  } as object);
}
