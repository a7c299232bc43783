import { ArchiveError } from './archive-error.js';
import { caseFolded } from './entry-path.js';

/**
 * Remembers every path of an archive and the directories it implies, and refuses the ones that would meet on disk: the
 * second would overwrite the first, on some systems only, after the first was scanned.
 */
export class NameRegister {
  private readonly spellings = new Map<string, { path: string; isDirectory: boolean; listed: boolean }>();

  /** @throws {ArchiveError} DUPLICATE_NAME or CASE_COLLISION */
  add(path: string, isDirectory: boolean): void {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      this.claim(path.slice(0, slash), true, false);
    }
    this.claim(path, isDirectory, true);
  }

  private claim(path: string, isDirectory: boolean, listed: boolean): void {
    const folded = caseFolded(path);
    const known = this.spellings.get(folded);
    if (!known) {
      this.spellings.set(folded, { path, isDirectory, listed });
      return;
    }
    if (known.path !== path || known.isDirectory !== isDirectory) {
      throw new ArchiveError('CASE_COLLISION', 'Two entries would be one file on some systems.', { path });
    }
    if (known.listed && listed) throw new ArchiveError('DUPLICATE_NAME', 'Two entries have one name.', { path });
    known.listed ||= listed;
  }
}
