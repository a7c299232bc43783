import { INSTANCE_ID, type RegisterInstanceRequest } from '@hansa/contracts';
import { Clock, defineJob, inTransaction, OnJob, SecretBox } from '@hansa/platform';
import {
  instanceTokenSubject,
  newWebhookSecret,
  openInstanceId,
  readEd25519PublicKey,
  thumbprint,
  TrustError,
  verifyInstanceToken,
  type Ed25519PublicJwk,
  type X25519PrivateJwk,
} from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { KeyRing } from '#signing';
import { BaseUrlProof } from './base-url-proof.js';
import { Instance } from './instance.entity.js';
import { InstanceError } from './instances.errors.js';
import { rerouteDeliveries } from './schedule-deliveries.js';

/** How long the webhook secret before a rotation keeps signing beside the new one. */
const SECRET_OVERLAP_SECONDS = 24 * 3_600;
const TOKEN_MEMORY_SECONDS = 300;
/** Where a shop without a line is: nowhere (RFC 2606). */
const OFFLINE_URL = 'https://offline.invalid';
/** Until it registers itself. */
const UNKNOWN_VERSION = '0.0.0';

export const forgetInstanceTokens = defineJob('forget-instance-tokens', { cron: '7 * * * *' });

export interface Registration {
  readonly instance: Instance;
  /** Present when the instance is new; shown once. */
  readonly webhookSecret?: string;
}

@Injectable()
export class InstancesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly keyRing: KeyRing,
    private readonly secretBox: SecretBox,
    private readonly baseUrlProof: BaseUrlProof,
  ) {}

  /**
   * Registers an instance, or updates the one it is when its own key asks (`provenId`). The shop is called first: one that
   * does not prove to own `base_url` gets its events by pull.
   *
   * @throws {InstanceError} INSTANCE_ID_REFUSED, INSTANCE_KEY_REFUSED or INSTANCE_PROOF_REQUIRED
   */
  async register(request: RegisterInstanceRequest, provenId: string | undefined): Promise<Registration> {
    const id = await this.readReference(request.instance_id);
    const publicJwk = readKey(request.public_key);
    const keyThumbprint = thumbprint(publicJwk);
    const known = await this.dataSource.manager.findOneBy(Instance, { id });
    if (known && provenId !== id) throw new InstanceError('INSTANCE_PROOF_REQUIRED');
    const baseUrl = request.base_url.replace(/\/+$/, '');
    const mode = (await this.baseUrlProof.holds(baseUrl, keyThumbprint)) ? 'push' : 'pull';

    return inTransaction(this.dataSource, async (tx) => {
      const now = this.clock.now();
      const facts = {
        baseUrl,
        platformVersion: request.platform_version,
        environment: request.environment,
        mode,
      } as const;
      const place = {
        ...facts,
        publicJwk: { ...publicJwk } as object,
        keyThumbprint,
        updatedAt: now,
        pushDisabledAt: null,
      };
      const current = await tx.findOne(Instance, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (current) {
        if (provenId !== id) throw new InstanceError('INSTANCE_PROOF_REQUIRED');
        await tx.update(Instance, { id }, place);
        await recordAudit(tx, {
          at: now,
          actor: `instance:${id}`,
          action: 'instance.updated',
          subject: id,
          data: { mode },
        });
        const instance = await tx.findOneByOrFail(Instance, { id });
        await rerouteDeliveries(tx, instance, now);
        return { instance };
      }
      const webhookSecret = newWebhookSecret();
      const webhookSecretSealed = this.secretBox.seal(webhookSecret, `webhook-secret:${id}`);
      await tx.insert(Instance, { id, ...place, webhookSecretSealed, registeredAt: now });
      await recordAudit(tx, {
        at: now,
        actor: `instance:${id}`,
        action: 'instance.registered',
        subject: id,
        data: { mode },
      });
      return { instance: await tx.findOneByOrFail(Instance, { id }), webhookSecret };
    });
  }

  /**
   * Registers an instance that has no line to the hub, or finds the one it is. It pulls, should it ever get a line. Whoever asks
   * has proven to hold the key.
   *
   * @throws {InstanceError} INSTANCE_PROOF_REQUIRED when the hub knows the instance with another key
   */
  async admitOffline(
    tx: EntityManager,
    { id, publicJwk, environment }: Pick<Instance, 'id' | 'environment'> & { readonly publicJwk: Ed25519PublicJwk },
  ): Promise<void> {
    const at = this.clock.now();
    const keyThumbprint = thumbprint(publicJwk);
    const fresh = {
      id,
      baseUrl: OFFLINE_URL,
      publicJwk: { ...publicJwk } as object,
      keyThumbprint,
      platformVersion: UNKNOWN_VERSION,
      environment,
      mode: 'pull',
      webhookSecretSealed: this.secretBox.seal(newWebhookSecret(), `webhook-secret:${id}`),
      registeredAt: at,
      updatedAt: at,
    } as const;
    const insert = tx.createQueryBuilder().insert().into(Instance).values(fresh).orIgnore().returning('id');
    const rows = (await insert.execute()).raw as unknown[];
    const isNew = rows.length > 0;
    const actor = `instance:${id}`;
    if (isNew) {
      await recordAudit(tx, { at, actor, action: 'instance.registered', subject: id, data: { mode: 'offline' } });
      return;
    }
    const known = await tx.findOneOrFail(Instance, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (known.keyThumbprint !== keyThumbprint) throw new InstanceError('INSTANCE_PROOF_REQUIRED');
    if (known.environment !== environment) await tx.update(Instance, { id }, { environment, updatedAt: at });
  }

  /** Gives the instance a new webhook secret, shown once; the old one signs beside it for a day. @throws {InstanceError} INSTANCE_UNKNOWN */
  async rotateSecret(id: string): Promise<string> {
    return inTransaction(this.dataSource, async (tx) => {
      const instance = await tx.findOne(Instance, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!instance) throw new InstanceError('INSTANCE_UNKNOWN');
      const now = this.clock.now();
      const secret = newWebhookSecret();
      await tx.update(
        Instance,
        { id },
        {
          webhookSecretSealed: this.secretBox.seal(secret, `webhook-secret:${id}`),
          previousSecretSealed: instance.webhookSecretSealed,
          previousSecretUntil: new Date(now.getTime() + SECRET_OVERLAP_SECONDS * 1_000),
          updatedAt: now,
        },
      );
      await recordAudit(tx, { at: now, actor: `instance:${id}`, action: 'instance.secret_rotated', subject: id });
      return secret;
    });
  }

  /** Gives the instance another key; from here on only that one proves who asks. @throws {InstanceError} INSTANCE_KEY_REFUSED or INSTANCE_UNKNOWN */
  async rotateKey(id: string, publicKey: Record<string, unknown>): Promise<Instance> {
    const publicJwk = readKey(publicKey);
    const keyThumbprint = thumbprint(publicJwk);
    return inTransaction(this.dataSource, async (tx) => {
      const now = this.clock.now();
      const key = { publicJwk: { ...publicJwk } as object, keyThumbprint, updatedAt: now };
      const { affected } = await tx.update(Instance, { id }, key);
      if (affected === 0) throw new InstanceError('INSTANCE_UNKNOWN');
      const data = { key_thumbprint: keyThumbprint };
      await recordAudit(tx, { at: now, actor: `instance:${id}`, action: 'instance.key_rotated', subject: id, data });
      return tx.findOneByOrFail(Instance, { id });
    });
  }

  /** Every secret that signs deliveries to the instance now, newest first. */
  webhookSecrets(instance: Instance): string[] {
    const sealed = [instance.webhookSecretSealed];
    if (
      instance.previousSecretSealed &&
      instance.previousSecretUntil &&
      instance.previousSecretUntil > this.clock.now()
    ) {
      sealed.push(instance.previousSecretSealed);
    }
    return sealed.map((secret) => this.secretBox.open(secret, `webhook-secret:${instance.id}`).toString());
  }

  /** The instance id a reference stands for: sealed, or plain where the hub accepts it. @throws {InstanceError} INSTANCE_ID_REFUSED */
  async readReference(reference: string): Promise<string> {
    if (INSTANCE_ID.test(reference)) {
      if (!this.config.instances.acceptPlainId) throw new InstanceError('INSTANCE_ID_REFUSED');
      return reference;
    }
    const keys = this.keyRing
      .accepted('sealing')
      .map(({ kid, privateJwk }) => ({ ...privateJwk, kid }) as unknown as X25519PrivateJwk);
    try {
      const id = await openInstanceId(reference, keys, { audience: this.config.hubUrl, now: this.clock.now() });
      if (!INSTANCE_ID.test(id)) throw new InstanceError('INSTANCE_ID_REFUSED');
      return id;
    } catch (cause) {
      if (cause instanceof TrustError) throw new InstanceError('INSTANCE_ID_REFUSED', { cause });
      throw cause;
    }
  }

  /** The registered instance behind a reference. @throws {InstanceError} INSTANCE_ID_REFUSED or INSTANCE_UNKNOWN */
  async findByReference(db: EntityManager, reference: string): Promise<Instance> {
    const instance = await db.findOneBy(Instance, { id: await this.readReference(reference) });
    if (!instance) throw new InstanceError('INSTANCE_UNKNOWN');
    return instance;
  }

  /** The instance that signed this token; each token counts once (replay). @throws {InstanceError} INSTANCE_TOKEN_REFUSED */
  async authenticate(token: string): Promise<string> {
    const now = this.clock.now();
    const claims = await this.verifyToken(token, now);
    const expiresAt = new Date(now.getTime() + TOKEN_MEMORY_SECONDS * 1_000);
    const inserted: unknown[] = await this.dataSource.query(
      'INSERT INTO instance_token_uses (instance_id, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING jti',
      [claims.sub, claims.jti, expiresAt],
    );
    if (inserted.length === 0) throw new InstanceError('INSTANCE_TOKEN_REFUSED');
    return claims.sub;
  }

  /** Forgets used tokens that could not be used again anyway. */
  @OnJob(forgetInstanceTokens)
  async sweepTokenUses(): Promise<void> {
    await this.dataSource.query('DELETE FROM instance_token_uses WHERE expires_at < $1', [this.clock.now()]);
  }

  private async verifyToken(token: string, now: Date) {
    try {
      const id = instanceTokenSubject(token);
      const instance = INSTANCE_ID.test(id) ? await this.dataSource.manager.findOneBy(Instance, { id }) : null;
      if (!instance) throw new InstanceError('INSTANCE_TOKEN_REFUSED');
      return await verifyInstanceToken(
        token,
        instance.publicJwk as unknown as Ed25519PublicJwk,
        { audience: this.config.hubUrl },
        now,
      );
    } catch (cause) {
      if (cause instanceof TrustError) throw new InstanceError('INSTANCE_TOKEN_REFUSED', { cause });
      throw cause;
    }
  }
}

function readKey(value: unknown): Ed25519PublicJwk {
  try {
    return readEd25519PublicKey(value);
  } catch (cause) {
    if (cause instanceof TrustError) throw new InstanceError('INSTANCE_KEY_REFUSED', { cause });
    throw cause;
  }
}
