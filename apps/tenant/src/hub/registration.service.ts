import type { DeliveryMode, RegisterInstanceResponse } from '@hansa/contracts';
import { HubProblem, type HubKeys } from '@hansa/hub-client';
import { Clock, defineJob, enqueue, inTransaction, OnJob, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TenantConfig } from '#config';
import { HubKeySet, HubRegistration, WebhookSecret } from './hub-tables.entity.js';
import { HubService } from './hub.service.js';
import { InstanceService } from './instance.service.js';

const REGISTER_INSTANCE = defineJob('register-instance');
/** The current secret and the one before it, which signs beside it during a rotation. */
const SECRETS_KEPT = 2;
/** What the hub answers when the call must, or must not, carry a proof. */
const PROOF_CODES = ['INSTANCE_PROOF_REQUIRED', 'INSTANCE_TOKEN_REFUSED', 'INSTANCE_UNKNOWN'];

/** Makes the shop known to its hub, and keeps what the hub answers: its mode of delivery, secrets and keys. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly secretBox: SecretBox,
    private readonly hub: HubService,
    private readonly instance: InstanceService,
  ) {}

  /** Registers soon, and again until it works: a start never waits for the hub. Does nothing without one. */
  async requestRegistration(): Promise<void> {
    if (!this.hub.isConfigured) return;
    await inTransaction(this.dataSource, (tx) => enqueue(tx, REGISTER_INSTANCE, {}, { key: 'register-instance' }));
  }

  /** Tells the hub where this shop is and which key is its own. */
  @OnJob(REGISTER_INSTANCE)
  async register(): Promise<void> {
    if (!this.hub.isConfigured) return;
    const isKnown = (await this.secrets()).length > 0;
    const answer = await this.call(isKnown).catch((error: unknown) => {
      // The answer to an earlier call was lost, or the hub has forgotten us: the other form of the call settles it.
      if (error instanceof HubProblem && PROOF_CODES.includes(error.code)) return this.call(!isKnown);
      throw error;
    });
    await this.keep(answer);
    if ((await this.secrets()).length > 0) return;
    // Known to the hub without a secret of its own: the answer that carried it was lost.
    const { webhook_secret: secret } = await this.hub.client.rotateSecret(await this.hub.token());
    await inTransaction(this.dataSource, (tx) => this.keepSecret(tx, secret));
  }

  /** How events arrive: by push, by pull, or unknown before the first registration. */
  async deliveryMode(): Promise<DeliveryMode | null> {
    if (!this.hub.isConfigured) return null;
    const { delivery } = this.config.instance;
    if (delivery !== 'auto') return delivery;
    return (await this.dataSource.manager.findOneBy(HubRegistration, { hubUrl: this.hub.url }))?.mode ?? null;
  }

  /** The secrets this hub may sign webhooks with, newest first. */
  async secrets(): Promise<string[]> {
    if (!this.hub.isConfigured) return [];
    const where = { hubUrl: this.hub.url };
    const rows = await this.dataSource.manager.find(WebhookSecret, {
      where,
      order: { id: 'DESC' },
      take: SECRETS_KEPT,
    });
    return rows.map(({ sealed }) => this.secretBox.open(sealed, this.secretContext).toString());
  }

  private async call(withProof: boolean): Promise<RegisterInstanceResponse> {
    const { publicJwk } = await this.instance.identity();
    const request = {
      instance_id: await this.hub.sealedInstanceId(),
      base_url: this.config.baseUrl,
      public_key: { ...publicJwk },
      platform_version: this.config.platformVersion,
      environment: this.config.instance.environment,
    };
    return this.hub.client.registerInstance(request, withProof ? await this.hub.token() : undefined);
  }

  private async keep({ mode, webhook_secret: secret, keys }: RegisterInstanceResponse): Promise<void> {
    const hubUrl = this.hub.url;
    const now = this.clock.now();
    await inTransaction(this.dataSource, async (tx) => {
      await tx.upsert(HubRegistration, { hubUrl, mode, registeredAt: now }, ['hubUrl']);
      if (secret !== undefined) await this.keepSecret(tx, secret);
      const { keys: set } = keys as unknown as HubKeys;
      if (Array.isArray(set)) await tx.upsert(HubKeySet, { hubUrl, keys: set as object[], fetchedAt: now }, ['hubUrl']);
    });
  }

  private async keepSecret(tx: EntityManager, secret: string): Promise<void> {
    const sealed = this.secretBox.seal(secret, this.secretContext);
    await tx.insert(WebhookSecret, { hubUrl: this.hub.url, sealed, receivedAt: this.clock.now() });
  }

  private get secretContext(): string {
    return `webhook-secret:${this.hub.url}`;
  }
}
