import { ArchiveError, type ArchiveErrorCode } from './archive-error.js';

/** Control characters, and those that make a path look like another one on a screen. */
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
/** What Windows does not allow in a name; a colon would also name an alternate data stream. */
const RESERVED_CHARACTER = /[<>:"|?*]/;
const RESERVED_NAME = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)/i;

type PathFlaw = Extract<ArchiveErrorCode, `PATH_${string}`>;

/**
 * Reads the name of an entry, or refuses one that could land outside the target directory, or in another place on
 * another system. A trailing slash stays: it is what makes an entry a directory.
 */
export function readEntryPath(name: Uint8Array, isUtf8: boolean, maxPathBytes: number): string {
  const path = decode(name, isUtf8);
  const flaw = name.length > maxPathBytes ? 'PATH_TOO_LONG' : path === null ? 'PATH_INVALID' : pathFlaw(path);
  if (flaw) throw new ArchiveError(flaw, 'An entry has a path that is not allowed.', { path: printable(name) });
  return path as string;
}

/** Says what is wrong with a relative path with forward slashes, or null if every system reads it the same way. */
export function pathFlaw(path: string): PathFlaw | null {
  if (path.includes('\0')) return 'PATH_NUL';
  if (path.includes('\\')) return 'PATH_BACKSLASH';
  if (/^[a-z]:/i.test(path)) return 'PATH_DRIVE_LETTER';
  if (path.startsWith('/')) return 'PATH_ABSOLUTE';
  const segments = path.replace(/\/$/, '').split('/');
  if (segments.includes('..')) return 'PATH_TRAVERSAL';
  if (path !== path.normalize('NFC') || INVISIBLE.test(path) || RESERVED_CHARACTER.test(path)) return 'PATH_INVALID';
  return segments.some((segment) => segment === '' || /[. ]$/.test(segment) || RESERVED_NAME.test(segment))
    ? 'PATH_INVALID'
    : null;
}

/** The form under which two paths are the same file on a system that ignores case (`ß` and `SS` among them). */
export function caseFolded(path: string): string {
  return path.toUpperCase().toLowerCase().normalize('NFC');
}

/** Bytes beyond ASCII without the UTF-8 flag mean something else on every system, so they are refused, not guessed. */
function decode(name: Uint8Array, isUtf8: boolean): string | null {
  if (!isUtf8 && name.some((byte) => byte > 0x7f)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name);
  } catch {
    return null;
  }
}

/** A name fit for a message or a log: short, on one line. */
function printable(name: Uint8Array): string {
  return JSON.stringify(Buffer.from(name).toString('latin1').slice(0, 100)).slice(1, -1);
}
