import type { Access } from './access-ledger.js';

/** How long another process lets an unsettled lease stand before it takes the holder for dead. */
const LEASE_TTL = '2 seconds';

/** Everything one statement says about a token. */
export interface TokenBatch {
  /** Permits for requests that wait. */
  asked: number;
  /** Permits to hold for the next moment. */
  wanted: number;
  /** Permits given back of those held before. */
  unused: number;
  readonly notes: Notes;
}

export interface ChargedRow {
  readonly token_id: string;
  readonly granted: number;
  readonly leased: number;
  readonly used: number;
  readonly window_start: Date;
  /** More may come back from other processes. */
  readonly pending: boolean;
  readonly rate_limit_max: number;
  readonly revision: string;
  readonly catalog_revision: string;
}

export const CHARGE = `
  WITH noted AS (
    INSERT INTO composer_accesses (at, token_id, action, subject, requests)
    SELECT $2, * FROM unnest($9::text[], $10::text[], $11::text[], $12::int[])
  ), tallied AS (
    INSERT INTO composer_downloads AS d (version_id, downloads)
    SELECT * FROM unnest($13::text[], $14::int[]) AS v (id, downloads) ORDER BY id
    ON CONFLICT (version_id) DO UPDATE SET downloads = d.downloads + excluded.downloads
  )
  SELECT * FROM composer_charge($1, $2, $3, '${LEASE_TTL}', $4, $5, $6, $7, $8)`;

/** Audit rows and download counts of one token on their way to the database, added up. */
export class Notes {
  readonly uses = new Map<string, { readonly action: string; readonly subject: string; requests: number }>();
  readonly versions = new Map<string, number>();

  add({ notes, downloaded }: Pick<Access, 'notes' | 'downloaded'>): void {
    for (const { action, subject } of notes) this.count(action, subject, 1);
    if (downloaded !== undefined) this.versions.set(downloaded, (this.versions.get(downloaded) ?? 0) + 1);
  }

  /** Takes in what another one holds. */
  merge({ uses, versions }: Notes): void {
    for (const { action, subject, requests } of uses.values()) this.count(action, subject, requests);
    for (const [id, downloads] of versions) this.versions.set(id, (this.versions.get(id) ?? 0) + downloads);
  }

  get downloads(): number {
    return [...this.versions.values()].reduce((sum, downloads) => sum + downloads, 0);
  }

  private count(action: string, subject: string, requests: number): void {
    const key = `${action} ${subject}`;
    const use = this.uses.get(key);
    if (use) use.requests += requests;
    else this.uses.set(key, { action, subject, requests });
  }
}

/** The parameters of `CHARGE` from the fourth on: tokens in the order of their ids, then what is noted. */
export function chargeValues(tokens: ReadonlyMap<string, TokenBatch>): unknown[] {
  const sorted = [...tokens].sort(([a], [b]) => (a < b ? -1 : 1));
  const uses = sorted.flatMap(([tokenId, { notes }]) => [...notes.uses.values()].map((use) => ({ tokenId, ...use })));
  const versions = new Notes();
  for (const [, { notes }] of sorted) versions.merge(notes);
  return [
    sorted.map(([id]) => id),
    sorted.map(([, { asked }]) => asked),
    sorted.map(([, { wanted }]) => wanted),
    sorted.map(([, { unused }]) => unused),
    sorted.map(([, { notes }]) => notes.downloads),
    uses.map(({ tokenId }) => tokenId),
    uses.map(({ action }) => action),
    uses.map(({ subject }) => subject),
    uses.map(({ requests }) => requests),
    [...versions.versions.keys()],
    [...versions.versions.values()],
  ];
}
