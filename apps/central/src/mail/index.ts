export { Mail } from './mail.entity.js';
export { MailModule } from './mail.module.js';
export type { MailTemplate, MailValues, Reach } from './mail-templates.js';
export { listMails } from './mails.repository.js';
export { Mails } from './mails.service.js';
