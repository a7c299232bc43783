import { createHash, randomBytes } from 'node:crypto';
import { generateEd25519, generateX25519 } from '@hansa/trust';
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
}

/** Verifiers cache `/.well-known/jwks.json` for 5 minutes; a new key signs after every cache has it. */
const ROTATION_LEAD_SECONDS = 600;
/** How long tokens of the old key live at most: license tokens carry a shop for 30 days. */
const OVERLAP_SECONDS = 31 * 24 * 3_600;
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
    return this.keys.filter((key) => key.purpose === purpose);
  }

  /** Adds a key that takes over once verifiers have it, or at once when the old one is not to be trusted any more. */
  async rotate(purpose: KeyPurpose, mode: 'planned' | 'emergency', actor: string): Promise<string> {
    const kid = await inTransaction(this.dataSource, async (tx) => {
      const now = this.clock.now();
      const activeFrom = mode === 'planned' ? new Date(now.getTime() + ROTATION_LEAD_SECONDS * 1_000) : now;
      const retiredAt = mode === 'planned' ? new Date(activeFrom.getTime() + OVERLAP_SECONDS * 1_000) : now;
      await tx.update(SigningKey, { purpose, retiredAt: IsNull() }, { retiredAt });
      const added = await this.add(tx, purpose, activeFrom);
      await recordAudit(tx, { at: now, actor, action: 'key.rotated', subject: added, data: { purpose, mode } });
      await tx.query(`SELECT pg_notify('signing_keys', '')`);
      return added;
    });
    await this.reload();
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
    this.keys = rows.map(({ kid, purpose, publicJwk, privateSealed, activeFrom }) => ({
      kid,
      purpose,
      publicJwk,
      privateJwk: JSON.parse(this.secretBox.open(privateSealed, `signing-key:${kid}`).toString()) as Record<
        string,
        unknown
      >,
      activeFrom,
    }));
  }
}

function newKey(purpose: KeyPurpose): { kid: string; publicJwk: object | null; privateJwk: object } {
  if (purpose === 'download') {
    const k = randomBytes(32);
    const kid = createHash('sha256').update(k).digest('base64url').slice(0, 16);
    return { kid, publicJwk: null, privateJwk: { kty: 'oct', k: k.toString('base64url') } };
  }
  return purpose === 'license' ? generateEd25519() : generateX25519();
}
