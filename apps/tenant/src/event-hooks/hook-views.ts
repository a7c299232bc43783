import type { DeliveryStatus, EventHook, HookAttempt, HookDelivery } from './event-hook.entity.js';

/** A webhook as the shop's screens see it: never its secret. */
export interface WebhookView {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface AttemptView {
  readonly attempt: number;
  readonly started_at: string;
  readonly status: number | null;
  readonly failure: string | null;
  readonly duration_ms: number;
}

export interface DeliveryView {
  readonly id: string;
  readonly webhook_id: string;
  readonly event: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly created_at: string;
  readonly delivered_at: string | null;
}

export function webhookView({ id, url, events, enabled, ...hook }: EventHook): WebhookView {
  const times = { created_at: hook.createdAt.toISOString(), updated_at: hook.updatedAt.toISOString() };
  return { id, url, events, enabled, disabled_reason: hook.disabledReason, ...times };
}

export function deliveryView({ id, hookId, event, status, attempts, ...delivery }: HookDelivery): DeliveryView {
  return {
    id,
    webhook_id: hookId,
    event,
    status,
    attempts,
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
    delivered_at: delivery.deliveredAt?.toISOString() ?? null,
  };
}

export function attemptView({ attempt, startedAt, status, failure, durationMs }: HookAttempt): AttemptView {
  return { attempt, started_at: startedAt.toISOString(), status, failure, duration_ms: durationMs };
}
