import { Account, Publisher, PublisherKey, PublisherNamespace, Session } from '#accounts';
import { AuditEntry } from '#audit';
import { Instance } from '#instances';
import { Delivery, DeliveryAttempt, OutboxEvent } from '#outbox';
import { SigningKey } from '#signing';
import { PublishableKey, PublisherToken } from '#tokens';

/** Every table the hub maps. */
export const ENTITIES = [
  Account,
  AuditEntry,
  Delivery,
  DeliveryAttempt,
  Instance,
  OutboxEvent,
  PublishableKey,
  Publisher,
  PublisherKey,
  PublisherNamespace,
  PublisherToken,
  Session,
  SigningKey,
];
