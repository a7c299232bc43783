import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { CentralConfig } from '#config';
import type { RenderedMail } from './render-mail.js';

export interface Envelope extends RenderedMail {
  /** `mail_…`; the same letter keeps its Message-ID when it is tried again, so that a second copy is known as one. */
  readonly id: string;
  readonly to: string;
  readonly date: Date;
}

/** Why a letter did not go: a code that is safe to log, and whether another try is of any use. */
export class PostRefusal extends Error {
  constructor(
    readonly code: string,
    readonly isFinal: boolean,
  ) {
    super(`mail was not taken: ${code}`);
  }
}

const TIMEOUT_MS = 30_000;

/** Hands letters to the mail server, or without one lays them into `mail/` of the data directory. */
@Injectable()
export class MailPost {
  constructor(private readonly config: CentralConfig) {}

  /** @throws {PostRefusal} */
  async send({ id, to, date, subject, text, html }: Envelope): Promise<void> {
    const { from } = this.config.mail;
    const messageId = `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`;
    // An address object: text would be parsed, and a comma in it would be a second recipient.
    const message = { messageId, date, from, to: { name: '', address: to }, subject, text, html };
    await (this.config.mail.smtpUrl === undefined ? this.layDown(id, message) : this.hand(message));
  }

  private async hand(message: object): Promise<void> {
    const url = new URL(this.config.mail.smtpUrl!);
    const isSecure = url.protocol === 'smtps:';
    const transport = createTransport({
      host: url.hostname,
      port: Number(url.port || (isSecure ? 465 : 587)),
      secure: isSecure,
      // Passwords and keys do not cross a network in the clear, whatever a server or somebody before it offers.
      requireTLS: !isSecure && !isLoopback(url.hostname),
      ...(url.username === ''
        ? {}
        : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail(message);
    } catch (error) {
      throw refusalOf(error);
    } finally {
      transport.close();
    }
  }

  /** Written beside and renamed: whoever reads the folder sees whole letters. */
  private async layDown(id: string, message: object): Promise<void> {
    const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const { message: bytes } = await composer.sendMail(message);
    const folder = join(this.config.dataDir, 'mail');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${id}.eml`);
    await writeFile(`${path}.part`, bytes as Buffer, { mode: 0o600 });
    await rename(`${path}.part`, path);
  }
}

/** The answer of a server may quote the letter: only its number and the library's code go on. */
function refusalOf(error: unknown): PostRefusal {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const answered = typeof responseCode === 'number' ? responseCode : undefined;
  // 5xx to the letter is final (RFC 5321 §4.2.1); 5xx to our own sign-in is a wrong setting that somebody mends.
  const isFinal = answered !== undefined && answered >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  return new PostRefusal(String(answered ?? (typeof code === 'string' ? code : 'UNKNOWN')), isFinal);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}
