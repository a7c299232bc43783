import { Clock, OnJob, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { MailPost, PostRefusal } from './mail-post.js';
import { MAIL_TEMPLATES, type MailTemplate, type WriteLetter } from './mail-templates.js';
import { Mail } from './mail.entity.js';
import { mailContext, sendMail } from './mails.service.js';
import { renderMail } from './render-mail.js';

@Injectable()
export class SendMail {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
    private readonly config: CentralConfig,
    private readonly post: MailPost,
  ) {}

  /**
   * Sends a letter that waits and forgets what it said. A crash between the two sends it once more under the same Message-ID.
   *
   * @throws {PostRefusal} when another try may do better
   */
  @OnJob(sendMail)
  async send({ mailId: id }: { mailId: string }): Promise<void> {
    const db = this.dataSource.manager;
    const mail = await db.findOneBy(Mail, { id });
    if (!mail?.valuesSealed || mail.refusedAt !== null) return;
    const values: unknown = JSON.parse(this.secretBox.open(mail.valuesSealed, mailContext(id)).toString());
    const write = MAIL_TEMPLATES[mail.template] as WriteLetter<MailTemplate>;
    const rendered = renderMail(write(values as never, this.config.hubUrl));
    try {
      await this.post.send({ id, to: mail.recipient, date: mail.queuedAt, ...rendered });
    } catch (error) {
      if (!(error instanceof PostRefusal)) throw error;
      const refusedAt = error.isFinal ? this.clock.now() : null;
      await db.update(Mail, { id }, { error: error.code, refusedAt });
      if (error.isFinal) return;
      throw error;
    }
    await db.update(Mail, { id }, { sentAt: this.clock.now(), valuesSealed: null, error: null });
  }
}
