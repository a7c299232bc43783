import { money, totalsOf } from './invoice.js';
import { escape } from './page.js';

/** The invoice as a page of its own: readable on a phone, one sheet of A4 on paper. */
export function renderHtml(invoice, config) {
  const { number, issued_on: issuedOn, customer, currency, lines } = invoice;
  const { net, taxes, gross } = totalsOf(lines);
  const rows = lines.map(
    (line) =>
      `<tr><td>${escape(line.description)}</td><td class="n">${line.quantity}</td><td class="n wide">${money(line.unit_price_cents, currency)}</td><td class="n">${money(line.quantity * line.unit_price_cents, currency)}</td></tr>`,
  );
  const sums = [['Net', net], ...taxes.map(({ rate, tax }) => [`Tax ${rate} %`, tax])].map(
    ([label, cents]) =>
      `<tr><td colspan="2">${escape(label)}</td><td class="wide"></td><td class="n">${money(cents, currency)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Invoice ${escape(number)}</title>
<style>
  :root { color-scheme: light dark; --ink: #1b232c; --paper: #fff; --line: #d8dee5; --accent: ${accentOf(config)}; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --paper: #151b22; --line: #313c48; } }
  @media print { :root { --ink: #000; --paper: #fff; --line: #bbb; } }
  body { margin: 0 auto; max-width: 50rem; padding: clamp(1rem, 5vw, 3rem); font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
  header { display: flex; flex-wrap: wrap; gap: 1rem; justify-content: space-between; border-top: 6px solid var(--accent); padding-top: 1.25rem; }
  h1 { margin: 0; font-size: 1.5rem; } address { font-style: normal; white-space: pre-line; }
  .table { overflow-x: auto; margin: 2rem 0; } table { width: 100%; border-collapse: collapse; }
  th, td { text-align: left; padding: .5rem .5rem .5rem 0; border-bottom: 1px solid var(--line); } .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  @media screen and (max-width: 34rem) { .wide { display: none; } }
  tfoot tr:last-child td { border: 0; font-weight: 700; font-size: 1.15rem; }
</style></head>
<body>
<header>
  <div><h1>${escape(config.company ?? 'Your company')}</h1><address>${escape(config.address)}</address>${config.tax_id ? `<p>Tax id ${escape(config.tax_id)}</p>` : ''}</div>
  <div><strong>Invoice ${escape(number)}</strong><br>${escape(issuedOn)}</div>
</header>
<p><strong>${escape(customer.name)}</strong></p><address>${customer.address.map(escape).join('\n')}</address>
<div class="table"><table>
<thead><tr><th>Item</th><th class="n">Quantity</th><th class="n wide">Price</th><th class="n">Amount</th></tr></thead>
<tbody>${rows.join('')}</tbody>
<tfoot>${sums.join('')}<tr><td colspan="2">Total</td><td class="wide"></td><td class="n">${money(gross, currency)}</td></tr></tfoot>
</table></div>
<p>${escape(config.footer)}</p>
</body></html>`;
}

/** The invoice as one SVG image, 600 wide, for mails and previews. */
export function renderSvg(invoice, config) {
  const { number, issued_on: issuedOn, customer, currency, lines } = invoice;
  const { net, taxes, gross } = totalsOf(lines);
  const accent = accentOf(config);
  const shown = lines.slice(0, 20);
  const out = [];
  const text = (x, y, content, extra = '') => out.push(`<text x="${x}" y="${y}" ${extra}>${escape(content)}</text>`);
  const right = 'text-anchor="end"';
  text(32, 52, config.company ?? 'Your company', 'font-size="20" font-weight="700"');
  text(568, 52, `Invoice ${number}`, `${right} font-weight="700"`);
  text(568, 72, issuedOn, right);
  [customer.name, ...customer.address].forEach((line, i) => text(32, 100 + i * 18, line));
  let y = 120 + (customer.address.length + 1) * 18;
  for (const line of shown) {
    text(32, y, `${line.quantity} × ${line.description.slice(0, 50)}`);
    text(568, y, money(line.quantity * line.unit_price_cents, currency), right);
    y += 22;
  }
  if (lines.length > shown.length) text(32, y, `and ${lines.length - shown.length} more`);
  y += 24;
  for (const [label, cents] of [['Net', net], ...taxes.map(({ rate, tax }) => [`Tax ${rate} %`, tax])]) {
    text(400, y, label);
    text(568, y, money(cents, currency), right);
    y += 20;
  }
  text(400, y + 8, 'Total', 'font-weight="700"');
  text(568, y + 8, money(gross, currency), `${right} font-weight="700" fill="${accent}"`);
  const height = y + 48;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 ${height}" width="600" height="${height}" font-family="system-ui, sans-serif" font-size="14" fill="#1b232c"><rect width="600" height="${height}" fill="#fff"/><rect width="600" height="8" fill="${accent}"/>${out.join('')}</svg>`;
}

/** Settings are checked by the shop; this one lands in a style sheet, so it is checked here too. */
function accentOf({ accent }) {
  return typeof accent === 'string' && /^#[0-9a-fA-F]{6}$/.test(accent) ? accent : '#1f5fbf';
}
