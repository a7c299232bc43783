import { Clock, inTransaction, isUniqueViolation } from '@hansa/platform';
import { safeRedirect } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { Package } from '#catalog';
import { Instance } from '#instances';
import { Extension, ExtensionInstallation } from './extension.entity.js';
import { ExtensionError } from './secure-tokens.errors.js';

/** What an operator decides about an extension. */
export type ExtensionSettings = Pick<Extension, 'name' | 'apiOrigins' | 'frontendOrigins' | 'frontendUrl'> & {
  /** `@vendor/name` of the package whose license it runs on. */
  readonly marketplaceId: string | null;
};

/** An extension, and the package it runs on by the id people know. */
export interface RegisteredExtension {
  readonly extension: Extension;
  readonly marketplaceId: string | null;
}

/** A shop that has an extension. */
export interface ExtensionShop {
  readonly instanceId: string;
  readonly baseUrl: string;
  readonly installedAt: Date;
  readonly disabledAt: Date | null;
}

const SHOPS_SQL = `
  SELECT i.instance_id AS "instanceId", s.base_url AS "baseUrl", i.installed_at AS "installedAt", i.disabled_at AS "disabledAt"
    FROM extension_installations i JOIN instances s ON s.id = i.instance_id
   WHERE i.extension_id = $1 ORDER BY i.installed_at DESC, i.instance_id`;

/** The extensions of the portal, and which shop has which. */
@Injectable()
export class Extensions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Registers an extension. @throws {ExtensionError} EXTENSION_TAKEN, EXTENSION_ORIGIN_REFUSED or EXTENSION_REFERENCE_UNKNOWN */
  async register(id: string, settings: ExtensionSettings, actor: string): Promise<RegisteredExtension> {
    return inTransaction(this.dataSource, async (tx) => {
      const at = this.clock.now();
      const extension = { id, ...(await this.rowOf(tx, settings)), createdAt: at, disabledAt: null };
      try {
        await tx.insert(Extension, extension);
      } catch (error) {
        if (isUniqueViolation(error, 'extensions_pkey')) throw new ExtensionError('EXTENSION_TAKEN');
        throw error;
      }
      await recordAudit(tx, { at, actor, action: 'extension.registered', subject: id });
      return { extension, marketplaceId: settings.marketplaceId };
    });
  }

  /** Replaces an extension's settings and enables or disables it everywhere. @throws {ExtensionError} as `register`, or EXTENSION_NOT_FOUND */
  async replace(
    id: string,
    settings: ExtensionSettings,
    enabled: boolean,
    actor: string,
  ): Promise<RegisteredExtension> {
    return inTransaction(this.dataSource, async (tx) => {
      const extension = await this.lock(tx, id);
      const at = this.clock.now();
      const change = { ...(await this.rowOf(tx, settings)), disabledAt: enabled ? null : (extension.disabledAt ?? at) };
      await tx.update(Extension, { id }, change);
      await recordAudit(tx, { at, actor, action: 'extension.changed', subject: id, data: { enabled } });
      return { extension: Object.assign(extension, change), marketplaceId: settings.marketplaceId };
    });
  }

  /** Gives a shop an extension, enabled or not; again is an update. @throws {ExtensionError} EXTENSION_NOT_FOUND or EXTENSION_REFERENCE_UNKNOWN */
  async install(extensionId: string, instanceId: string, enabled: boolean, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await this.lock(tx, extensionId);
      if (!(await tx.existsBy(Instance, { id: instanceId }))) throw new ExtensionError('EXTENSION_REFERENCE_UNKNOWN');
      const at = this.clock.now();
      await tx.query(
        `INSERT INTO extension_installations (extension_id, instance_id, installed_at, disabled_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (extension_id, instance_id) DO UPDATE SET disabled_at = excluded.disabled_at`,
        [extensionId, instanceId, at, enabled ? null : at],
      );
      const data = { instanceId, enabled };
      await recordAudit(tx, { at, actor, action: 'extension.installed', subject: extensionId, data });
    });
  }

  /** Takes an extension from a shop; one it does not have is fine. No new tokens from here on, old ones lapse in 300 s. */
  async uninstall(extensionId: string, instanceId: string, actor: string): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const { affected } = await tx.delete(ExtensionInstallation, { extensionId, instanceId });
      if (affected === 0) return;
      const at = this.clock.now();
      await recordAudit(tx, { at, actor, action: 'extension.uninstalled', subject: extensionId, data: { instanceId } });
    });
  }

  /** Every extension, by id. */
  async list(): Promise<RegisteredExtension[]> {
    const db = this.dataSource.manager;
    const extensions = await db.find(Extension, { order: { id: 'ASC' } });
    const packageIds = extensions.flatMap(({ packageId }) => packageId ?? []);
    const packages = await db.find(Package, {
      select: { id: true, marketplaceId: true },
      where: { id: In(packageIds) },
    });
    const names = new Map(packages.map(({ id, marketplaceId }) => [id, marketplaceId]));
    return extensions.map((extension) => ({
      extension,
      marketplaceId: names.get(extension.packageId ?? '') ?? null,
    }));
  }

  /** The shops that have an extension, latest first. @throws {ExtensionError} EXTENSION_NOT_FOUND */
  async shopsOf(id: string): Promise<ExtensionShop[]> {
    if (!(await this.dataSource.manager.existsBy(Extension, { id }))) throw new ExtensionError('EXTENSION_NOT_FOUND');
    return this.dataSource.query<ExtensionShop[]>(SHOPS_SQL, [id]);
  }

  /** The page of an extension, for a member of a shop that has it and where both are enabled. */
  async findPage(id: string, instanceIds: readonly string[]): Promise<string | undefined> {
    const rows: { frontend_url: string | null }[] = await this.dataSource.query(
      `SELECT e.frontend_url FROM extensions e JOIN extension_installations i ON i.extension_id = e.id
        WHERE e.id = $1 AND i.instance_id = ANY($2) AND e.disabled_at IS NULL AND i.disabled_at IS NULL LIMIT 1`,
      [id, instanceIds],
    );
    return rows[0]?.frontend_url ?? undefined;
  }

  private async lock(tx: EntityManager, id: string): Promise<Extension> {
    const extension = await tx.findOne(Extension, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!extension) throw new ExtensionError('EXTENSION_NOT_FOUND');
    return extension;
  }

  private async rowOf(tx: EntityManager, { marketplaceId, ...settings }: ExtensionSettings) {
    const { apiOrigins, frontendOrigins, frontendUrl } = settings;
    const good =
      [...apiOrigins, ...frontendOrigins].every(isOrigin) &&
      (frontendUrl === null || (frontendUrl.startsWith('http') && safeRedirect(frontendUrl, frontendOrigins) !== null));
    if (!good) throw new ExtensionError('EXTENSION_ORIGIN_REFUSED');
    const found = marketplaceId === null ? null : await tx.findOneBy(Package, { marketplaceId });
    if (marketplaceId !== null && !found) throw new ExtensionError('EXTENSION_REFERENCE_UNKNOWN');
    return { ...settings, packageId: found?.id ?? null };
  }
}

/** An origin exactly as browsers print it: https, or http on this machine for development. Never `*` or `null`. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  const isLocal = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return origin === text && (protocol === 'https:' || isLocal);
}
