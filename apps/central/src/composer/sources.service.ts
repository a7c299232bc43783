import { createHmac, randomBytes } from 'node:crypto';
import { Clock, enqueue, inTransaction, newId, SecretBox } from '@hansa/platform';
import { timingSafeEqualText } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, Not } from 'typeorm';
import { recordAudit } from '#audit';
import { ComposerError } from './composer.errors.js';
import { ComposerSource, ComposerSourceRef } from './composer-source.entity.js';
import { findForeignPrefixes } from './package-tokens.repository.js';
import { readSourceUrl } from './source-url.js';
import { countProblems } from './sources.repository.js';
import { syncJobKey, syncSource } from './sync-source.job.js';

export interface NewSource {
  readonly publisherId: string;
  readonly url: string;
  /** `user:password` */
  readonly credential: string | null;
  readonly prefixes: readonly string[];
  readonly withBranches: boolean;
  readonly intervalMinutes: number;
}

/** What a Git server sends with a push. */
export interface PushProof {
  /** `X-Hub-Signature-256: sha256=<hex>` over the body. */
  readonly signature: string | undefined;
  /** `X-Gitlab-Token`: the secret itself. */
  readonly token: string | undefined;
}

/** Git repositories that versions come from. */
@Injectable()
export class SourcesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
  ) {}

  /**
   * Takes up a repository and syncs it at once. The secret for its push notifications is in the answer and never again.
   *
   * @throws {ComposerError} SOURCE_URL_REFUSED, PUBLISHER_UNKNOWN or PREFIX_NOT_OWNED
   */
  async add(request: NewSource, actor: string): Promise<{ id: string; webhookSecret: string }> {
    const place = readSourceUrl(request.url);
    if (!place || (place.kind === 'path' && request.credential !== null)) throw new ComposerError('SOURCE_URL_REFUSED');
    const now = this.clock.now();
    const id = newId('src');
    const webhookSecret = randomBytes(32).toString('hex');
    await inTransaction(this.dataSource, async (tx) => {
      const publisher = await tx.query<object[]>('SELECT 1 FROM publishers WHERE id = $1', [request.publisherId]);
      if (publisher.length === 0) throw new ComposerError('PUBLISHER_UNKNOWN');
      const foreign = await findForeignPrefixes(tx, request.publisherId, request.prefixes);
      if (foreign.length > 0) throw new ComposerError('PREFIX_NOT_OWNED', { prefixes: foreign });
      const { credential } = request;
      await tx.insert(ComposerSource, {
        id,
        publisherId: request.publisherId,
        url: place.url,
        credentialSealed: credential === null ? null : this.secretBox.seal(credential, `composer-source:${id}`),
        webhookSecretSealed: this.secretBox.seal(webhookSecret, `composer-source-webhook:${id}`),
        prefixes: [...request.prefixes],
        withBranches: request.withBranches,
        intervalMinutes: request.intervalMinutes,
        createdAt: now,
        nextSyncAt: now,
      });
      await recordAudit(tx, { at: now, actor, action: 'composer_source.added', subject: id, data: { url: place.url } });
      await enqueue(tx, syncSource, { sourceId: id }, { key: syncJobKey(id) });
    });
    return { id, webhookSecret };
  }

  /** Syncs a source soon. @throws {ComposerError} SOURCE_NOT_FOUND */
  async sync(id: string, actor: string): Promise<void> {
    const at = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      if (!(await tx.existsBy(ComposerSource, { id, removedAt: IsNull() })))
        throw new ComposerError('SOURCE_NOT_FOUND');
      await recordAudit(tx, { at, actor, action: 'composer_source.synced', subject: id });
      await enqueue(tx, syncSource, { sourceId: id }, { key: syncJobKey(id) });
    });
  }

  /** Syncs the source of a push that proves itself. @throws {ComposerError} PUSH_REFUSED, whether or not the source exists */
  async pushed(id: string, body: Buffer, proof: PushProof): Promise<void> {
    const source = await this.dataSource.manager.findOneBy(ComposerSource, { id, removedAt: IsNull() });
    if (!source) throw new ComposerError('PUSH_REFUSED');
    const secret = this.secretBox.open(source.webhookSecretSealed, `composer-source-webhook:${id}`).toString();
    const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const proven =
      (proof.signature !== undefined && timingSafeEqualText(proof.signature, expected)) ||
      (proof.token !== undefined && timingSafeEqualText(proof.token, secret));
    if (!proven) throw new ComposerError('PUSH_REFUSED');
    await inTransaction(this.dataSource, (tx) => enqueue(tx, syncSource, { sourceId: id }, { key: syncJobKey(id) }));
  }

  /** Follows a source no longer; its versions stay. Removing it again changes nothing. @throws {ComposerError} SOURCE_NOT_FOUND */
  async remove(id: string, actor: string): Promise<void> {
    const now = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      if (!(await tx.existsBy(ComposerSource, { id }))) throw new ComposerError('SOURCE_NOT_FOUND');
      const { affected } = await tx.update(ComposerSource, { id, removedAt: IsNull() }, { removedAt: now });
      if (affected === 0) return;
      await recordAudit(tx, { at: now, actor, action: 'composer_source.removed', subject: id });
    });
  }

  /** The sources that are followed, oldest first, and how many tags and branches of each something is wrong with. */
  async list(): Promise<{ source: ComposerSource; problemCount: number }[]> {
    const db = this.dataSource.manager;
    const sources = await db.find(ComposerSource, { where: { removedAt: IsNull() }, order: { id: 'ASC' } });
    const counts = await countProblems(db);
    return sources.map((source) => ({ source, problemCount: counts.get(source.id) ?? 0 }));
  }

  /** A source and the tags and branches something is wrong with. @throws {ComposerError} SOURCE_NOT_FOUND */
  async find(id: string): Promise<{ source: ComposerSource; problems: ComposerSourceRef[] }> {
    const db = this.dataSource.manager;
    const source = await db.findOneBy(ComposerSource, { id });
    if (!source) throw new ComposerError('SOURCE_NOT_FOUND');
    const where = { sourceId: id, problem: Not(IsNull()) };
    return { source, problems: await db.find(ComposerSourceRef, { where, order: { ref: 'ASC' }, take: 1_000 }) };
  }
}
