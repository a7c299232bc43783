export { HubMetadataError, MetadataRefused } from './hub-metadata.errors.js';
export { HubMetadata, type VouchedFile } from './hub-metadata.service.js';
export { HubMetadataFile, HubRoot } from './hub-metadata-tables.entity.js';
export { openMetadataClient } from './metadata-client.js';
export { TufModule } from './tuf.module.js';
