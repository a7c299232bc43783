import { randomBytes, randomUUID } from 'node:crypto';
import { Clock, inTransaction, isUniqueViolation, SecretBox } from '@hansa/platform';
import { safeRedirect } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { IssuerError } from './external-auth.errors.js';
import { Issuer, IssuerKey } from './issuer.entity.js';
import { Store } from './store.js';

/** What an operator decides about an issuer. */
export type IssuerSettings = Pick<
  Issuer,
  'redirectUrl' | 'logoutUrl' | 'defaultPath' | 'readerExitOrigins' | 'maxLifeSeconds' | 'instanceId'
>;

/** A key in the clear: it leaves the hub in this one answer. */
export interface ShownKey {
  readonly kid: string;
  readonly secret: string;
}

/** What the sealed secret of a key is bound to. */
export const keyContext = (kid: string) => `external-issuer-key:${kid}`;

/** The platforms whose log-ins the hub accepts, as operators set them up. */
@Injectable()
export class ExternalIssuers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
    private readonly store: Store,
  ) {}

  /** Sets an issuer up and makes its key, which is shown once. @throws {IssuerError} ISSUER_TAKEN or ISSUER_ADDRESS_REFUSED */
  async create(name: string, settings: IssuerSettings, actor: string): Promise<{ issuer: Issuer; key: ShownKey }> {
    this.refuseAddresses(settings);
    const createdAt = this.clock.now();
    const issuer = { id: randomUUID(), store: this.store.name, issuer: name, ...settings, createdAt, disabledAt: null };
    return inTransaction(this.dataSource, async (tx) => {
      try {
        await tx.insert(Issuer, issuer);
      } catch (error) {
        if (isUniqueViolation(error, 'external_issuers_name')) throw new IssuerError('ISSUER_TAKEN');
        throw error;
      }
      const key = await this.insertKey(tx, issuer.id);
      await recordAudit(tx, { at: createdAt, actor, action: 'external_issuer.created', subject: issuer.id });
      return { issuer, key };
    });
  }

  /** Changes what is given. @throws {IssuerError} ISSUER_NOT_FOUND or ISSUER_ADDRESS_REFUSED */
  async update(id: string, change: Partial<IssuerSettings>, actor: string): Promise<Issuer> {
    return inTransaction(this.dataSource, async (tx) => {
      const issuer = Object.assign(await this.lock(tx, id), change);
      this.refuseAddresses(issuer);
      await tx.update(Issuer, { id }, issuer);
      const at = this.clock.now();
      await recordAudit(tx, { at, actor, action: 'external_issuer.changed', subject: id });
      return issuer;
    });
  }

  /** Ends an issuer: its tokens are refused from here on. People keep their accounts. @throws {IssuerError} ISSUER_NOT_FOUND */
  async disable(id: string, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await this.lock(tx, id);
      const at = this.clock.now();
      await tx.update(Issuer, { id, disabledAt: IsNull() }, { disabledAt: at });
      await recordAudit(tx, { at, actor, action: 'external_issuer.disabled', subject: id });
    });
  }

  /** Makes a second key, shown once; the one before is accepted beside it, and older ones no more. @throws {IssuerError} ISSUER_NOT_FOUND */
  async addKey(id: string, actor: string): Promise<ShownKey> {
    return inTransaction(this.dataSource, async (tx) => {
      await this.lock(tx, id);
      await tx.delete(IssuerKey, { issuerId: id, slot: 'previous' });
      await tx.update(IssuerKey, { issuerId: id, slot: 'current' }, { slot: 'previous' });
      const key = await this.insertKey(tx, id);
      const at = this.clock.now();
      await recordAudit(tx, { at, actor, action: 'external_issuer.key_added', subject: id, data: { kid: key.kid } });
      return key;
    });
  }

  /** Ends a key at once; the other one stays. @throws {IssuerError} ISSUER_NOT_FOUND or ISSUER_KEY_NOT_FOUND */
  async removeKey(id: string, kid: string, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await this.lock(tx, id);
      const keys = await tx.findBy(IssuerKey, { issuerId: id });
      if (keys.length < 2 || !keys.some((key) => key.kid === kid)) throw new IssuerError('ISSUER_KEY_NOT_FOUND');
      await tx.delete(IssuerKey, { issuerId: id, kid });
      await tx.update(IssuerKey, { issuerId: id }, { slot: 'current' });
      const at = this.clock.now();
      await recordAudit(tx, { at, actor, action: 'external_issuer.key_removed', subject: id, data: { kid } });
    });
  }

  /** Every issuer with the names of its keys, newest key first. */
  async list(): Promise<{ issuer: Issuer; kids: string[] }[]> {
    const db = this.dataSource.manager;
    const issuers = await db.find(Issuer, { order: { createdAt: 'ASC' } });
    const keys = await db.find(IssuerKey, { order: { createdAt: 'DESC' } });
    return issuers.map((issuer) => ({
      issuer,
      kids: keys.flatMap(({ kid, issuerId }) => (issuerId === issuer.id ? [kid] : [])),
    }));
  }

  private async lock(tx: EntityManager, id: string): Promise<Issuer> {
    const issuer = await tx.findOne(Issuer, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!issuer) throw new IssuerError('ISSUER_NOT_FOUND');
    return issuer;
  }

  /** 256 random bits as text; the text's bytes are the HMAC key on both sides. */
  private async insertKey(tx: EntityManager, issuerId: string): Promise<ShownKey> {
    const kid = randomBytes(9).toString('base64url');
    const secret = randomBytes(32).toString('base64url');
    const secretSealed = this.secretBox.seal(secret, keyContext(kid));
    await tx.insert(IssuerKey, { kid, issuerId, slot: 'current', secretSealed, createdAt: this.clock.now() });
    return { kid, secret };
  }

  private refuseAddresses({ redirectUrl, logoutUrl, defaultPath, readerExitOrigins }: IssuerSettings): void {
    const pages = logoutUrl === null ? [redirectUrl] : [redirectUrl, logoutUrl];
    const good =
      pages.every(isPage) &&
      readerExitOrigins.every((origin) => isPage(origin) && new URL(origin).origin === origin) &&
      defaultPath.startsWith('/') &&
      safeRedirect(defaultPath, [this.store.origin]) !== null;
    if (!good) throw new IssuerError('ISSUER_ADDRESS_REFUSED');
  }
}

/** A page a browser may be sent to: https, or http on this machine for development, and no credentials in it. */
function isPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { origin, protocol, hostname } = new URL(address);
  const isLocal = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || isLocal) && safeRedirect(address, [origin]) !== null;
}
