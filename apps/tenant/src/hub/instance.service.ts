import { Clock, newId, SecretBox } from '@hansa/platform';
import { generateEd25519, readEd25519PrivateKey, type Ed25519PrivateJwk, type Ed25519PublicJwk } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TenantConfig } from '#config';
import { InstanceIdentity } from './hub-tables.entity.js';

export interface Identity {
  /** `inst_…`. */
  readonly id: string;
  readonly publicJwk: Ed25519PublicJwk;
  readonly privateJwk: Ed25519PrivateJwk;
  readonly keyThumbprint: string;
}

const KEY_CONTEXT = 'instance-key';

/** Who this shop is: an id and an Ed25519 key, made once and kept. */
@Injectable()
export class InstanceService {
  private known: Promise<Identity> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly secretBox: SecretBox,
  ) {}

  /** The identity; the first call of the first start makes it, and processes that start together agree on one. */
  async identity(): Promise<Identity> {
    this.known ??= this.load();
    return this.known.catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
  }

  private async load(): Promise<Identity> {
    const db = this.dataSource.manager;
    const { kid, publicJwk, privateJwk } = generateEd25519();
    const made = {
      onlyRow: true,
      instanceId: this.config.instance.id ?? newId('inst'),
      publicJwk: { ...publicJwk } as object,
      keyThumbprint: kid,
      privateKeySealed: this.secretBox.seal(JSON.stringify(privateJwk), KEY_CONTEXT),
      createdAt: this.clock.now(),
    };
    await db.createQueryBuilder().insert().into(InstanceIdentity).values(made).orIgnore().execute();
    const row = await db.findOneByOrFail(InstanceIdentity, { onlyRow: true });
    const kept = readEd25519PrivateKey(JSON.parse(this.secretBox.open(row.privateKeySealed, KEY_CONTEXT).toString()));
    const { kty, crv, x } = kept;
    // The setting wins over what was kept, so that a shop can be moved to an id the hub already knows.
    const id = this.config.instance.id ?? row.instanceId;
    return { id, publicJwk: { kty, crv, x }, privateJwk: kept, keyThumbprint: row.keyThumbprint };
  }
}
