import { SecretBox } from '@hansa/platform';
import { newWebhookSecret, signWebhook, TrustError } from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import type { EventHook } from './event-hook.entity.js';
import { EventHookError } from './event-hooks.errors.js';

/** How long the secret before signs beside a new one. */
const OVERLAP_MS = 24 * 60 * 60 * 1_000;

/** Signing secrets of webhooks: sealed at rest, opened only to sign. */
@Injectable()
export class HookSecrets {
  constructor(private readonly box: SecretBox) {}

  /** A secret to keep: the given one or a new one. @throws {EventHookError} WEBHOOK_SECRET_UNSOUND */
  make(hookId: string, given?: string): { readonly secret: string; readonly sealed: Buffer } {
    const secret = given ?? newWebhookSecret();
    try {
      signWebhook({ secrets: [secret], deliveryId: 'dly', event: 'test', body: Buffer.alloc(0), at: new Date(0) });
    } catch (cause) {
      if (cause instanceof TrustError) throw new EventHookError('WEBHOOK_SECRET_UNSOUND', { cause });
      throw cause;
    }
    return { secret, sealed: this.box.seal(secret, contextOf(hookId)) };
  }

  /** What to change of a webhook that gets a new secret at `now`. */
  rotate(hook: EventHook, now: Date) {
    const { secret, sealed } = this.make(hook.id);
    const previousUntil = new Date(now.getTime() + OVERLAP_MS);
    return { secret, change: { secretSealed: sealed, previousSealed: hook.secretSealed, previousUntil } };
  }

  /** Every secret that counts at `now`, newest first. */
  open({ id, secretSealed, previousSealed, previousUntil }: EventHook, now: Date): string[] {
    const previous = previousSealed && previousUntil && now < previousUntil ? [previousSealed] : [];
    return [secretSealed, ...previous].map((sealed) => this.box.open(sealed, contextOf(id)).toString());
  }
}

function contextOf(hookId: string): string {
  return `event-hook:${hookId}`;
}
