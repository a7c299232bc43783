import type { DeliveryMode } from '@hansa/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Who this shop is at its hub. One row; its private key is sealed. */
@Entity('instance_identity')
export class InstanceIdentity {
  @PrimaryColumn('boolean') onlyRow!: boolean;
  @Column('text') instanceId!: string;
  @Column('jsonb') publicJwk!: Record<string, unknown>;
  @Column('text') keyThumbprint!: string;
  @Column('bytea') privateKeySealed!: Buffer;
  @Column('timestamptz') createdAt!: Date;
}

/** That a hub knows this shop, and how it sends its events. */
@Entity('hub_registrations')
export class HubRegistration {
  @PrimaryColumn('text') hubUrl!: string;
  @Column('text') mode!: DeliveryMode;
  @Column('timestamptz') registeredAt!: Date;
}

/** When the hub last answered, and since when it has not. */
@Entity('hub_contacts')
export class HubContactEntry {
  @PrimaryColumn('text') hubUrl!: string;
  @Column('timestamptz', { nullable: true }) answeredAt!: Date | null;
  /** The first question in a row that got no answer; null while it answers. */
  @Column('timestamptz', { nullable: true }) silentSince!: Date | null;
}

/** A secret the hub signs its webhooks with, sealed. During a rotation two of them count. */
@Entity('webhook_secrets')
export class WebhookSecret {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id!: string;
  @Column('text') hubUrl!: string;
  @Column('bytea') sealed!: Buffer;
  @Column('timestamptz') receivedAt!: Date;
}

/** The hub's public keys as last seen, so that license tokens can be checked while it is away. */
@Entity('hub_key_sets')
export class HubKeySet {
  @PrimaryColumn('text') hubUrl!: string;
  @Column('jsonb') keys!: Record<string, unknown>[];
  @Column('timestamptz') fetchedAt!: Date;
}
