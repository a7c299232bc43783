import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { ArtifactStore } from './artifact-store.js';
import { DirectoryStore } from './directory-store.js';
import { GuardedStore } from './guarded-store.js';
import { SweepArtifactsJob } from './sweep-artifacts.job.js';

/** The SDK is large: it is loaded where a bucket is set, and nowhere else. */
async function adapterFor({ storage: { s3 }, dataDir }: CentralConfig): Promise<ArtifactStore> {
  if (!s3) return new DirectoryStore(join(dataDir, 'artifacts'));
  const { S3Store } = await import('./s3-store.js');
  return new S3Store(s3);
}

@Module({
  providers: [
    {
      provide: ArtifactStore,
      inject: [CentralConfig, DataSource],
      useFactory: async (config: CentralConfig, dataSource: DataSource) =>
        new GuardedStore(await adapterFor(config), dataSource),
    },
    SweepArtifactsJob,
  ],
  exports: [ArtifactStore],
})
export class StorageModule {}
