import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Clock, defineJob, OnJob, SecretBox } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CentralConfig } from '#config';
import { PackageToken } from './package-token.entity.js';

/** Tells a customer how to install what he bought. The secret travels sealed: job rows are read by operators. */
export const tellCustomer = defineJob<{ tokenId: string; secretSealed: string; packages: string[] }>(
  'tell-composer-customer',
);

@Injectable()
export class TellCustomerJob {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly secretBox: SecretBox,
  ) {}

  /** Mail is a file under `mail/` of the data directory; the name is the token's, so telling him twice leaves one. */
  @OnJob(tellCustomer)
  async tell({
    tokenId,
    secretSealed,
    packages,
  }: {
    tokenId: string;
    secretSealed: string;
    packages: string[];
  }): Promise<void> {
    const token = await this.dataSource.manager.findOneBy(PackageToken, { id: tokenId });
    if (!token?.customerEmail || token.revokedAt) return;
    const secret = this.secretBox.open(Buffer.from(secretSealed, 'base64'), `composer-mail:${tokenId}`).toString();
    const folder = join(this.config.dataDir, 'mail');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const mail = composerMail({
      to: token.customerEmail,
      date: this.clock.now(),
      hubUrl: this.config.hubUrl,
      secret,
      packages,
    });
    await writeFile(join(folder, `${tokenId}.eml`), mail, { mode: 0o600 });
  }
}

/** What a customer types, as a plain-text mail (RFC 5322). */
export function composerMail(facts: {
  to: string;
  date: Date;
  hubUrl: string;
  secret: string;
  packages: readonly string[];
}): string {
  const { to, date, hubUrl, secret, packages } = facts;
  const { host, protocol } = new URL(hubUrl);
  const lines = [
    `To: ${to}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    'Subject: Your Composer packages',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Thank you for your purchase. In the directory of your project, type:',
    '',
    `  composer config repositories.${host.replace(/[^a-z0-9]/gi, '-')} composer ${hubUrl}`,
    `  composer config --auth http-basic.${host} token ${secret}`,
    ...(protocol === 'http:' ? ['  composer config secure-http false'] : []),
    ...packages.map((name) => `  composer require ${name}`),
    '',
    'Keep the token to yourself: it opens everything you bought here, now and later.',
    '',
  ];
  return lines.join('\r\n');
}
