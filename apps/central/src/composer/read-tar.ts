const BLOCK = 512;
const FILE = new Set(['0', '\0']);

export interface TarFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The tar is not one that `git archive` makes of files and directories. */
export class TarError extends Error {}

/** The files of a tar as `git archive` writes it: ustar, long names in pax headers. @throws {TarError} for links and anything else */
export function readTar(tar: Buffer): TarFile[] {
  const files: TarFile[] = [];
  let longPath: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const header = tar.subarray(at, at + BLOCK);
    const size = Number.parseInt(textAt(header, 124, 12), 8);
    const end = at + BLOCK + size;
    if (!Number.isSafeInteger(size) || size < 0 || end > tar.length) throw new TarError('the tar is cut short');
    const bytes = tar.subarray(at + BLOCK, end);
    const type = String.fromCharCode(header[156]!);
    if (type === 'x') longPath = paxPath(bytes);
    else if (FILE.has(type)) files.push({ path: longPath ?? pathOf(header), bytes });
    else if (type !== '5' && type !== 'g') throw new TarError('the tar holds more than files');
    if (type !== 'x') longPath = undefined;
    at = end + ((BLOCK - (size % BLOCK)) % BLOCK);
  }
  return files;
}

function pathOf(header: Buffer): string {
  const prefix = textAt(header, 345, 155);
  const name = textAt(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field
    .subarray(0, end < 0 ? length : end)
    .toString()
    .trim();
}

/** Records are `<length> <key>=<value>\n`. */
function paxPath(bytes: Buffer): string | undefined {
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, space).toString());
    if (space < 0 || !Number.isSafeInteger(length) || length <= 0) throw new TarError('a pax record is malformed');
    const record = bytes.subarray(space + 1, at + length - 1).toString();
    if (record.startsWith('path=')) return record.slice('path='.length);
    at += length;
  }
  return undefined;
}
