import { Module } from '@nestjs/common';
import { MailPost } from './mail-post.js';
import { Mails } from './mails.service.js';
import { SendMail } from './send-mail.job.js';

@Module({ providers: [MailPost, Mails, SendMail], exports: [Mails] })
export class MailModule {}
