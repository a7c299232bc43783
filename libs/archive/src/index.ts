export { ArchiveError, type ArchiveErrorCode } from './archive-error.js';
export { DEFAULT_LIMITS, type ArchiveLimits } from './archive-limits.js';
export { type ExtractProgress } from './extract-entries.js';
export { hashFile } from './hash-file.js';
export { DEFAULT_IGNORE, packDirectory, type Packed, type PackOptions } from './pack-directory.js';
export { readArchive, type Archive, type ArchiveEntry } from './read-archive.js';
