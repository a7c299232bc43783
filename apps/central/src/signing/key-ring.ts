import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { generateEd25519, generateX25519, thumbprint } from '@hansa/trust';
import { Clock, inTransaction, SecretBox } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, MoreThan, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { DatabaseListener } from '#database';
import { KEY_PURPOSES, SigningKey, type KeyPurpose } from './signing-key.entity.js';

export interface RingKey {
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly publicJwk: Record<string, unknown> | null;
  /** A private JWK, or `{ k }` in base64url for a symmetric key. */
  readonly privateJwk: Record<string, unknown>;
  readonly activeFrom: Date;
  /** Not accepted from here on. */
  readonly retiredAt: Date | null;
}

/**
 * A new key signs after every cache of `/.well-known/jwks.json` has it (5 minutes at the edge, and what verifiers keep), and the
 * old one is accepted until the last thing it made has lapsed: license tokens carry a shop for 30 days, extension tokens live 300 s.
 */
const ROTATION: Record<KeyPurpose, { readonly leadSeconds: number; readonly overlapSeconds: number }> = {
  license: { leadSeconds: 600, overlapSeconds: 31 * 24 * 3_600 },
  revocations: { leadSeconds: 600, overlapSeconds: 31 * 24 * 3_600 },
  sealing: { leadSeconds: 600, overlapSeconds: 31 * 24 * 3_600 },
  download: { leadSeconds: 600, overlapSeconds: 31 * 24 * 3_600 },
  ext: { leadSeconds: 900, overlapSeconds: 1_800 },
  // The old key signs until a root names the new one; a month is time for the ceremony.
  'tuf-timestamp': { leadSeconds: 0, overlapSeconds: 31 * 24 * 3_600 },
  'tuf-snapshot': { leadSeconds: 0, overlapSeconds: 31 * 24 * 3_600 },
  'tuf-bins': { leadSeconds: 0, overlapSeconds: 31 * 24 * 3_600 },
};
/** Any fixed number: hub processes that start together make one set of first keys. */
const FIRST_KEYS_LOCK = 4_711_003;

/** The hub's own keys, kept in memory and re-read when any process changes them. */
@Injectable()
export class KeyRing implements OnModuleInit {
  private keys: readonly RingKey[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
    listener: DatabaseListener,
  ) {
    listener.onNotify('signing_keys', () => this.reload());
  }

  async onModuleInit(): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [FIRST_KEYS_LOCK]);
      for (const purpose of KEY_PURPOSES) {
        if ((await tx.countBy(SigningKey, { purpose, retiredAt: IsNull() })) === 0)
          await this.add(tx, purpose, this.clock.now());
      }
    });
    await this.reload();
  }

  /** The key that signs or seals now. */
  active(purpose: KeyPurpose): RingKey {
    const now = this.clock.now();
    const key = this.keys.find((candidate) => candidate.purpose === purpose && candidate.activeFrom <= now);
    if (!key) throw new Error(`no active ${purpose} key`);
    return key;
  }

  /** Every key of a purpose that is still accepted, newest first; the next one is among them before it signs. */
  accepted(purpose: KeyPurpose): readonly RingKey[] {
    const now = this.clock.now();
    return this.keys.filter((key) => key.purpose === purpose && (key.retiredAt === null || key.retiredAt > now));
  }

  /** Adds a key that takes over once verifiers have it, or at once when the old one is not to be trusted any more. */
  async rotate(purpose: KeyPurpose, mode: 'planned' | 'emergency', actor: string): Promise<string> {
    const kid = await inTransaction(this.dataSource, (tx) => this.replace(tx, purpose, mode, actor));
    await this.reload();
    return kid;
  }

  /** Rotates as planned when the newest key is this old; asking again changes nothing. */
  async rotateWhenDue(purpose: KeyPurpose, maxAgeSeconds: number, actor: string): Promise<string | undefined> {
    const kid = await inTransaction(this.dataSource, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [FIRST_KEYS_LOCK]);
      const youngest = new Date(this.clock.now().getTime() - maxAgeSeconds * 1_000);
      const isFresh = await tx.existsBy(SigningKey, { purpose, createdAt: MoreThan(youngest), retiredAt: IsNull() });
      return isFresh ? undefined : this.replace(tx, purpose, 'planned', actor);
    });
    if (kid !== undefined) await this.reload();
    return kid;
  }

  private async replace(
    tx: EntityManager,
    purpose: KeyPurpose,
    mode: 'planned' | 'emergency',
    actor: string,
  ): Promise<string> {
    const now = this.clock.now();
    const { leadSeconds, overlapSeconds } = ROTATION[purpose];
    const activeFrom = mode === 'planned' ? new Date(now.getTime() + leadSeconds * 1_000) : now;
    const retiredAt = mode === 'planned' ? new Date(activeFrom.getTime() + overlapSeconds * 1_000) : now;
    await tx.update(SigningKey, { purpose, retiredAt: IsNull() }, { retiredAt });
    // In an emergency a key that an earlier rotation left to lapse may be the one that leaked.
    if (mode === 'emergency') await tx.update(SigningKey, { purpose, retiredAt: MoreThan(now) }, { retiredAt });
    const kid = await this.add(tx, purpose, activeFrom);
    await recordAudit(tx, { at: now, actor, action: 'key.rotated', subject: kid, data: { purpose, mode } });
    await tx.query(`SELECT pg_notify('signing_keys', '')`);
    return kid;
  }

  private async add(tx: EntityManager, purpose: KeyPurpose, activeFrom: Date): Promise<string> {
    const { kid, publicJwk, privateJwk } = newKey(purpose);
    const privateSealed = this.secretBox.seal(JSON.stringify(privateJwk), `signing-key:${kid}`);
    const createdAt = this.clock.now();
    await tx.insert(SigningKey, {
      kid,
      purpose,
      publicJwk: publicJwk ?? null,
      privateSealed,
      createdAt,
      activeFrom,
      retiredAt: null,
    });
    return kid;
  }

  private async reload(): Promise<void> {
    const now = this.clock.now();
    const rows = await this.dataSource.manager.find(SigningKey, {
      where: [{ retiredAt: IsNull() }, { retiredAt: MoreThan(now) }],
      order: { activeFrom: 'DESC' },
    });
    this.keys = rows.map(({ kid, purpose, publicJwk, privateSealed, activeFrom, retiredAt }) => ({
      kid,
      purpose,
      publicJwk,
      privateJwk: JSON.parse(this.secretBox.open(privateSealed, `signing-key:${kid}`).toString()) as Record<
        string,
        unknown
      >,
      activeFrom,
      retiredAt,
    }));
  }
}

function newKey(purpose: KeyPurpose): { kid: string; publicJwk: object | null; privateJwk: object } {
  if (purpose === 'download') {
    const k = randomBytes(32);
    const kid = createHash('sha256').update(k).digest('base64url').slice(0, 16);
    return { kid, publicJwk: null, privateJwk: { kty: 'oct', k: k.toString('base64url') } };
  }
  if (purpose === 'ext') return generateEs256();
  return purpose === 'sealing' ? generateX25519() : generateEd25519();
}

/** A P-256 pair for ES256, named by its RFC 7638 thumbprint. */
function generateEs256(): { kid: string; publicJwk: object; privateJwk: object } {
  const { kty, crv, x, y, d } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const kid = thumbprint({ kty, crv, x, y });
  const publicJwk = { kty, crv, x, y, kid };
  return { kid, publicJwk, privateJwk: { ...publicJwk, d } };
}
