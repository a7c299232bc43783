import { readFile } from 'node:fs/promises';
import { HubClient, HubKeys, HubProblem, HubUnreachable, readAnswer } from '@hansa/hub-client';
import { Clock } from '@hansa/platform';
import { sealInstanceId, signInstanceToken, type Ed25519PublicJwk } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TenantConfig } from '#config';
import { Egress } from '#egress';
import { licenseKeys, revocationKeys, sealingKey } from './hub-keys.js';
import { HubContact } from './hub-contact.js';
import { HubKeySet } from './hub-tables.entity.js';
import { HubError, hubErrorFor } from './hub.errors.js';
import { InstanceService } from './instance.service.js';

/** The hub allows its key set to be kept this long (`max-age`). */
const KEYS_FRESH_MS = 300_000;

/** This shop's line to its hub: the client, and what proves to the hub who asks. */
@Injectable()
export class HubService {
  private readonly link: HubClient | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly instance: InstanceService,
    private readonly contact: HubContact,
    egress: Egress,
  ) {
    const { federation } = config;
    this.link =
      federation &&
      new HubClient({
        baseUrl: federation.url,
        publishableKey: federation.publishableKey,
        fetch: egress.fetch,
        timeoutMs: federation.timeoutMs,
      });
  }

  get isConfigured(): boolean {
    return this.link !== undefined;
  }

  /** @throws {HubError} FEDERATION_NOT_CONFIGURED */
  get client(): HubClient {
    if (!this.link) throw new HubError('FEDERATION_NOT_CONFIGURED');
    return this.link;
  }

  /** Where the hub is; what tokens for it and from it name. @throws {HubError} FEDERATION_NOT_CONFIGURED */
  get url(): string {
    return this.client.baseUrl;
  }

  /**
   * Asks the hub something. After a question that it took and never answered it is not asked for half a minute, so that what
   * needs several answers waits for one of them. A question dropped by `signal` says nothing about the hub.
   *
   * @throws {HubError} FEDERATION_NOT_CONFIGURED, HUB_UNREACHABLE, HUB_KEY_REFUSED or HUB_BUSY
   * @throws {HubRefusal} with the hub's own code
   */
  async ask<T>(question: (client: HubClient) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { client } = this;
    if (this.contact.isSilent()) throw new HubError('HUB_UNREACHABLE');
    try {
      const answer = await question(client);
      await this.contact.answered(client.baseUrl);
      return answer;
    } catch (error) {
      if (error instanceof HubProblem) await this.contact.answered(client.baseUrl);
      if (error instanceof HubUnreachable && !signal?.aborted) await this.contact.failed(client.baseUrl, error.reason);
      throw hubErrorFor(error);
    }
  }

  /** The instance id, sealed afresh for one request (federation.md §7). Fetches the hub's keys when none are known. */
  async sealedInstanceId(): Promise<string> {
    const { id } = await this.instance.identity();
    const key = sealingKey(await this.keys());
    // Nothing falls back to the plain id: a hub without a sealing key gets none.
    if (!key) throw new HubError('HUB_UNREACHABLE');
    return sealInstanceId(id, key, { audience: this.url, now: this.clock.now() });
  }

  /** A token for one request that only this instance may make. */
  async token(): Promise<string> {
    const { id, privateJwk } = await this.instance.identity();
    return signInstanceToken({ instanceId: id, audience: this.url }, privateJwk, this.clock.now());
  }

  /** The hub's license keys; with the hub away, those last seen. `refresh` asks the hub even if they are fresh. */
  async licenseKeys(refresh = false): Promise<Ed25519PublicJwk[]> {
    return licenseKeys(await this.keys(refresh));
  }

  /** The keys of its lists of revocations, likewise. */
  async revocationKeys(refresh = false): Promise<Ed25519PublicJwk[]> {
    return revocationKeys(await this.keys(refresh));
  }

  /** Keeps a key set the hub sent. */
  async keepKeys(keys: readonly Record<string, unknown>[]): Promise<void> {
    const row = { hubUrl: this.url, keys: [...keys] as object[], fetchedAt: this.clock.now() };
    await this.dataSource.manager.upsert(HubKeySet, row, ['hubUrl']);
  }

  private async keys(refresh = false): Promise<Record<string, unknown>[]> {
    const kept = await this.dataSource.manager.findOneBy(HubKeySet, { hubUrl: this.url });
    const age = kept ? this.clock.now().getTime() - kept.fetchedAt.getTime() : Infinity;
    if (kept && age < KEYS_FRESH_MS && !refresh) return kept.keys;
    try {
      const { keys } = await this.ask((client) => client.jwks());
      await this.keepKeys(keys);
      return keys;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const known = [...(await this.keysOfFile()), ...(kept?.keys ?? [])];
      if (known.length === 0) throw error;
      return known;
    }
  }

  /** The key set that was carried here by hand. @throws {HubError} FEDERATION_KEYS_UNREADABLE */
  private async keysOfFile(): Promise<Record<string, unknown>[]> {
    const { hubKeysFile } = this.config;
    if (hubKeysFile === undefined) return [];
    try {
      const { keys } = readAnswer(HubKeys, await readFile(hubKeysFile));
      return keys;
    } catch (cause) {
      throw new HubError('FEDERATION_KEYS_UNREADABLE', { cause });
    }
  }
}
