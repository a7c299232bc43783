import { Clock, defineJob, enqueue, newId, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { MailTemplate, MailValues } from './mail-templates.js';

/** Sends one letter. The job carries its id only: job rows are read by operators. */
export const sendMail = defineJob<{ mailId: string }>('send-mail');

export interface MailRequest<T extends MailTemplate> {
  readonly template: T;
  readonly to: string;
  readonly values: MailValues[T];
  /** What it is about, such as `receipt:lic_…`: the same cause is told once, however often it is asked for. */
  readonly cause?: string;
}

/** What a letter's values are sealed for. */
export function mailContext(mailId: string): string {
  return `mail:${mailId}`;
}

@Injectable()
export class Mails {
  constructor(
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
  ) {}

  /** Writes a letter down to be sent after commit, and never if `tx` rolls back. */
  async queue<T extends MailTemplate>(
    tx: EntityManager,
    { template, to, values, cause }: MailRequest<T>,
  ): Promise<void> {
    const id = newId('mail');
    const valuesSealed = this.secretBox.seal(JSON.stringify(values), mailContext(id));
    const rows: unknown[] = await tx.query(
      `INSERT INTO mails (id, template, recipient, cause, values_sealed, queued_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (cause) DO NOTHING RETURNING id`,
      [id, template, to, cause ?? null, valuesSealed, this.clock.now()],
    );
    if (rows.length === 1) await enqueue(tx, sendMail, { mailId: id });
  }
}
