import { readFileSync } from 'node:fs';
import { readManifest } from './manifest.js';

interface Row {
  readonly about: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly path?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../conformance/vectors/manifests.json', import.meta.url), 'utf8'),
) as { base: Record<string, unknown>; accepted: Row[]; refused: Row[] };

function manifestOf({ changes }: Row): object {
  const fields = Object.entries({ ...vectors.base, ...changes });
  return Object.fromEntries(fields.filter(([, value]) => value !== null));
}

describe(readManifest, () => {
  it.each(vectors.accepted.map((row) => [row.about, row] as const))('accepts %s, and keeps it whole', (_, row) => {
    const verdict = readManifest(manifestOf(row));
    expect(verdict).toMatchObject({ ok: true, manifest: manifestOf(row) });
  });

  it.each(vectors.refused.map((row) => [row.about, row] as const))('refuses %s by the name of its field', (_, row) => {
    const verdict = readManifest(manifestOf(row));
    expect(verdict).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([expect.objectContaining({ path: row.path })]),
    });
  });

  it('refuses what is no object', () => {
    for (const value of [null, [], 'manifest', 1]) expect(readManifest(value).ok).toBe(false);
  });
});
