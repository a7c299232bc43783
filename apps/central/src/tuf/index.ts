export { CeremonyService } from './ceremony.service.js';
export { MetadataSigner } from './metadata-signer.js';
export { newOfflineKey, readDraft, signDraft, type OfflineKey, type RootDraft } from './root-draft.js';
export { settleTarget, signMetadata } from './settle-target.js';
export { TufError } from './tuf.errors.js';
export { tufKeyId, type TufPublicKey } from './tuf-keys.js';
export { TufModule } from './tuf.module.js';
export { TufBin, TufFile, TufTarget } from './tuf-tables.entity.js';
