export { ArtifactStore, type ByteRange, type StoredArtifact } from './artifact-store.js';
export { StorageError } from './storage.errors.js';
export { StorageModule } from './storage.module.js';
