/** Every reason this library refuses an archive. Stable: safe to branch on, to log and to show. */
export type ArchiveErrorCode =
  | 'NOT_AN_ARCHIVE'
  | 'ARCHIVE_TOO_LARGE'
  | 'UNPACKED_TOO_LARGE'
  | 'TOO_MANY_ENTRIES'
  | 'RATIO_TOO_HIGH'
  | 'PATH_TOO_LONG'
  | 'PATH_ABSOLUTE'
  | 'PATH_TRAVERSAL'
  | 'PATH_BACKSLASH'
  | 'PATH_DRIVE_LETTER'
  | 'PATH_NUL'
  | 'PATH_INVALID'
  | 'SYMLINK'
  | 'HARD_LINK'
  | 'DEVICE'
  | 'SETUID'
  | 'DUPLICATE_NAME'
  | 'CASE_COLLISION'
  | 'HEADER_MISMATCH'
  | 'ENCRYPTED'
  | 'TRAILING_DATA'
  | 'UNSUPPORTED_METHOD'
  | 'ZIP64_UNSUPPORTED'
  | 'CRC_MISMATCH'
  | 'ENTRY_NOT_FOUND'
  | 'ENTRY_TOO_LARGE'
  | 'TARGET_EXISTS'
  | 'OUTPUT_INSIDE_DIRECTORY';

/** A refusal. `code` says which rule was broken, `path` in which entry, where there is one. */
export class ArchiveError<Code extends ArchiveErrorCode = ArchiveErrorCode> extends Error {
  readonly path: string | undefined;

  constructor(
    readonly code: Code,
    message: string,
    options: { readonly path?: string; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'ArchiveError';
    this.path = options.path;
  }
}
