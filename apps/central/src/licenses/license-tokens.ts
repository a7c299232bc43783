import type { LicenseKind } from '@hansa/contracts';
import { Clock } from '@hansa/platform';
import { LICENSE_TOKEN_TTL_SECONDS, signLicenseToken, type Ed25519PrivateJwk } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CentralConfig } from '#config';
import { KeyRing } from '#signing';

/** Tokens remembered at once, about 1 KB each. */
const MAX_TOKENS = 20_000;

export interface TokenSubject {
  readonly licenseId: string;
  readonly instanceId: string;
  readonly marketplaceId: string;
  readonly kind: LicenseKind;
  readonly expiresAt: Date | null;
  readonly updatesUntil: Date | null;
}

interface KeptToken {
  readonly token: string;
  /** What the token says, and the key that says it. */
  readonly says: string;
  readonly renewAtMs: number;
}

/** License tokens, signed once and handed out again until half their life is over or what they say has changed. */
@Injectable()
export class LicenseTokens {
  private readonly kept = new LRUCache<string, KeptToken>({ max: MAX_TOKENS });

  constructor(
    private readonly keyRing: KeyRing,
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {}

  /** A token for `subject`. It lapses with the license when that is sooner than 30 days. */
  async tokenFor(subject: TokenSubject): Promise<string> {
    const { licenseId, instanceId, marketplaceId, kind, expiresAt, updatesUntil } = subject;
    const now = this.clock.now();
    const { kid, privateJwk } = this.keyRing.active('license');
    const name = `${licenseId}|${instanceId}`;
    const says = `${kid}|${kind}|${marketplaceId}|${expiresAt?.getTime() ?? ''}|${updatesUntil?.getTime() ?? ''}`;
    const kept = this.kept.get(name);
    if (kept?.says === says && kept.renewAtMs > now.getTime()) return kept.token;

    const ttlSeconds = ttlOf(expiresAt, now);
    const key = { kid, privateJwk: privateJwk as unknown as Ed25519PrivateJwk };
    const token = await signLicenseToken({ ...this.claimsOf(subject), ttlSeconds }, key, now);
    this.kept.set(name, { token, says, renewAtMs: now.getTime() + ttlSeconds * 500 });
    return token;
  }

  /** A token that answers one request of a shop without a line to the hub; signed afresh, so that the newest is told from older ones. */
  async answerFor(subject: TokenSubject, request: string): Promise<string> {
    const now = this.clock.now();
    const { kid, privateJwk } = this.keyRing.active('license');
    const key = { kid, privateJwk: privateJwk as unknown as Ed25519PrivateJwk };
    const ttlSeconds = ttlOf(subject.expiresAt, now);
    return signLicenseToken({ ...this.claimsOf(subject), request, ttlSeconds }, key, now);
  }

  private claimsOf({ licenseId, instanceId, marketplaceId, kind, expiresAt, updatesUntil }: TokenSubject) {
    return {
      iss: this.config.hubUrl,
      sub: licenseId,
      aud: instanceId,
      marketplace_id: marketplaceId,
      kind,
      license_expires_at: expiresAt?.toISOString() ?? null,
      updates_until: updatesUntil?.toISOString() ?? null,
    };
  }
}

function ttlOf(expiresAt: Date | null, now: Date): number {
  const left = expiresAt ? Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000) : LICENSE_TOKEN_TTL_SECONDS;
  return Math.min(LICENSE_TOKEN_TTL_SECONDS, left);
}
