import { defineJob, OnJob } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { KeyRing } from '#signing';

/** Nightly. The key changes every 30 days; in an emergency `ops rotate-key ext --emergency` changes it at once. */
export const rotateExtensionKey = defineJob<object>('rotate-extension-key', { cron: '41 2 * * *' });
const KEY_LIFE_SECONDS = 30 * 24 * 3_600;

@Injectable()
export class RotateExtensionKey {
  constructor(private readonly keyRing: KeyRing) {}

  /** Publishes the next key when the newest has served its time; the ring lets verifiers learn it before it signs. */
  @OnJob(rotateExtensionKey)
  async run(): Promise<void> {
    await this.keyRing.rotateWhenDue('ext', KEY_LIFE_SECONDS, 'system');
  }
}
