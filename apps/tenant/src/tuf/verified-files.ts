import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, MetadataKind } from '@tufjs/models';
import type { VerifiedFile } from './hub-metadata.repository.js';

/** Lays files into a folder of their own, hands it to `work`, and removes it. */
export async function inFolder<T>(
  files: readonly Pick<VerifiedFile, 'name' | 'body'>[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hansa-metadata-'));
  try {
    for (const { name, body } of files) await writeFile(join(folder, name), body);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What lies in a folder of the client: everything in it was verified. */
export async function readVerified(folder: string): Promise<VerifiedFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => {
      const body = await readFile(join(folder, name));
      const { signed } = JSON.parse(body.toString()) as { signed: { version: number } };
      return { name, version: signed.version, body };
    }),
  );
}

/** The version of a root that is signed by its own keys (TUF 5.2). @throws when it is not */
export function readRootVersion(body: Buffer): number {
  const root = Metadata.fromJSON(MetadataKind.Root, JSON.parse(body.toString()) as never);
  root.verifyDelegate(MetadataKind.Root, root);
  return root.signed.version;
}
