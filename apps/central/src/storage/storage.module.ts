import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { CentralConfig } from '#config';
import { ArtifactStore } from './artifact-store.js';
import { DirectoryStore } from './directory-store.js';

@Module({
  providers: [
    {
      provide: ArtifactStore,
      inject: [CentralConfig],
      useFactory: (config: CentralConfig) => new DirectoryStore(join(config.dataDir, 'artifacts')),
    },
  ],
  exports: [ArtifactStore],
})
export class StorageModule {}
