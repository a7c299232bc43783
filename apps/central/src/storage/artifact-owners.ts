/** A column in which digests of artifacts stand: what it names is kept. */
export interface ArtifactOwner {
  readonly table: string;
  readonly column: string;
}

const owners: ArtifactOwner[] = [];

/** Declares where a feature keeps the digests of what it has put into the store. What no owner names is swept away. */
export function defineArtifactOwner(table: string, column: string): void {
  owners.push({ table, column });
}

/** Every owner this program knows. */
export function artifactOwners(): readonly ArtifactOwner[] {
  return owners;
}

/** An SQL condition: no owner names the digest that `expression` stands for. */
export function unownedSql(expression: string): string {
  // Without owners everything would be an orphan.
  if (owners.length === 0) throw new Error('no feature has said which artifacts it owns');
  return owners
    .map(({ table, column }) => `NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.${column} = ${expression})`)
    .join(' AND ');
}
