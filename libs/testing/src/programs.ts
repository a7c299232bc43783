import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is on this machine, if it is. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * A `describe` that needs a program of the machine (tools/ensure-apt.mjs installs it where it can). Without it the tests are
 * skipped in sight; where CI says that everything has to be there, they fail.
 */
export function describeWith(program: string, name: string, body: (path: string) => void): void {
  const path = findProgram(program);
  if (path !== undefined) return describe(name, () => body(path));
  if (process.env['CI'] === 'true')
    return describe(name, () => it(`needs ${program}`, () => expect(path).toBeDefined()));
  describe.skip(`${name} (needs ${program})`, () => body(program));
}
