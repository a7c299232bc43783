import type Stripe from 'stripe';
import { formatAmount } from '../catalog/currencies.js';

const LINE_POINTS = 24;

/** The file behind `invoice_pdf`: one page with what is on the invoice. */
export function invoicePdf(invoice: Stripe.Invoice): Buffer {
  const day = new Date(invoice.created * 1_000).toISOString().slice(0, 10);
  const lines = [
    `Invoice ${invoice.number ?? invoice.id}`,
    day,
    ...invoice.lines.data.map(
      ({ description, amount, currency }) => `${description}: ${formatAmount(amount, currency)}`,
    ),
    `Total: ${formatAmount(invoice.total, invoice.currency)} (${String(invoice.status)})`,
    'Stripe sandbox: no money moved',
  ];
  const shown = lines.map((line) => `(${escapeText(line)}) Tj 0 -${LINE_POINTS} Td`).join('\n');
  const content = `BT /F1 14 Tf 56 780 Td\n${shown}\nET`;
  return fileOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ]);
}

/** Objects 1 and on of a PDF, with the table that says at which byte each begins. */
function fileOf(objects: readonly string[]): Buffer {
  const numbered = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`);
  const head = '%PDF-1.4\n';
  let at = head.length;
  const places = numbered.map((object) => {
    const place = `${String(at).padStart(10, '0')} 00000 n \n`;
    at += object.length;
    return place;
  });
  const count = objects.length + 1;
  const table = `xref\n0 ${count}\n0000000000 65535 f \n${places.join('')}`;
  const trailer = `trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.from(head + numbered.join('') + table + trailer, 'latin1');
}

/** Text of a PDF string: one byte a character, the euro sign where Windows has it. */
function escapeText(text: string): string {
  return text
    .replace(/[\\()]/g, '\\$&')
    .replaceAll('€', '\\200')
    .replace(/[^\x20-\xff]/g, '?');
}
