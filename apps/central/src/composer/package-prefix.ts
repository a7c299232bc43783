/** `vendor/name` as Composer spells it. Written without nested repetition, so that no input takes long to refuse. */
export const PACKAGE_NAME = /^[a-z0-9]+([_.-][a-z0-9]+)*\/[a-z0-9]+(([_.]|-{1,2})[a-z0-9]+)*$/;

/** A vendor with its slash and, if wanted, the beginning of a name: no wildcard, no `..`, no capital letter fits. */
export const PACKAGE_PREFIX = /^[a-z0-9]+([_.-][a-z0-9]+)*\/([a-z0-9]+(([_.]|-{1,2})[a-z0-9]+)*([_.]|-{1,2})?)?$/;

/** The vendor part of a package name or prefix. */
export function vendorOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}

/** The namespace whose owner may publish and sell packages of this vendor. */
export function namespaceOfVendor(vendor: string): string {
  return `@${vendor}`;
}

/** One right of a token: packages whose name begins with `prefix`, or the one package of that name. */
export interface Entitlement {
  readonly prefix: string;
  readonly exact: boolean;
  /** From here on it opens nothing; null means never. */
  readonly expiresAt: Date | null;
  /** Releases later than this are not covered; null means all are. */
  readonly updatesUntil: Date | null;
}

/** The latest release moment a token may see of a package, in milliseconds; null when it may see none of it. */
export function visibleUntil(entitlements: readonly Entitlement[], name: string, now: number): number | null {
  let until: number | null = null;
  for (const { prefix, exact, expiresAt, updatesUntil } of entitlements) {
    if (exact ? name !== prefix : !name.startsWith(prefix)) continue;
    if (expiresAt && expiresAt.getTime() <= now) continue;
    const covered = updatesUntil ? updatesUntil.getTime() : Infinity;
    if (until === null || covered > until) until = covered;
  }
  return until;
}

/** The patterns a client is told to ask for, sorted; expired rights are left out. */
export function patternsOf(entitlements: readonly Entitlement[], now: number): string[] {
  const live = entitlements.filter(({ expiresAt }) => !expiresAt || expiresAt.getTime() > now);
  return [...new Set(live.map(({ prefix, exact }) => (exact ? prefix : `${prefix}*`)))].sort();
}
