import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CentralConfig } from '#config';

export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The letters a hub without a mail server laid down since the last time it was asked, oldest first. */
export function newMails({ config }: { readonly config: CentralConfig }): ReceivedMail[] {
  const folder = join(config.dataDir, 'mail');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.map((name) => {
    const mail = readMail(readFileSync(join(folder, name), 'latin1'));
    rmSync(join(folder, name));
    return mail;
  });
}

/** Takes a letter of two parts apart (RFC 2046), as far as the hub writes them. */
export function readMail(raw: string): ReceivedMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = headersOf(head);
  const [, boundary] = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '') ?? [];
  const [text = '', html = ''] = rest.join('\r\n\r\n').split(`--${boundary}`).slice(1, 3).map(readPart);
  return { to: headers['to'] ?? '', subject: decodeWords(headers['subject'] ?? ''), text, html, headers };
}

function readPart(part: string): string {
  const at = part.indexOf('\r\n\r\n');
  const body = part.slice(at + 4).replaceAll('\r\n', '\n');
  const encoding = headersOf(part.slice(0, at).trim())['content-transfer-encoding'];
  if (encoding !== 'quoted-printable') return body;
  return Buffer.from(decodeHex(body.replace(/=\n/g, ''), '='), 'latin1').toString();
}

function headersOf(head: string): Record<string, string> {
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
}

/** Encoded words of a header in their quoted form (RFC 2047). */
function decodeWords(header: string): string {
  return header.replace(/=\?UTF-8\?Q\?([^?]*)\?=\s*/gi, (_, word: string) =>
    Buffer.from(decodeHex(word.replaceAll('_', ' '), '='), 'latin1').toString(),
  );
}

function decodeHex(text: string, mark: string): string {
  return text.replace(new RegExp(`${mark}([0-9A-F]{2})`, 'g'), (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
