export { artifactOwners, defineArtifactOwner } from './artifact-owners.js';
export { ArtifactStore, type ByteRange, type StoredArtifact } from './artifact-store.js';
export { DoomedArtifact } from './doomed-artifact.entity.js';
export { StorageError } from './storage.errors.js';
export { StorageModule } from './storage.module.js';
export { SweepArtifactsJob } from './sweep-artifacts.job.js';
