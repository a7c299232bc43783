/**
 * @typedef {{ description: string, quantity: number, unit_price_cents: number, tax_percent: number }} Line
 * @typedef {{ name: string, address: string[] }} Customer
 * @typedef {{ customer: Customer, currency: string, lines: Line[] }} Draft
 */

/**
 * Reads what an order or a request asks for. Money is in whole cents, so that sums are exact.
 *
 * @returns {{ draft: Draft } | { findings: { path: string, message: string }[] }}
 */
export function readDraft(value, taxPercent) {
  const given = typeof value === 'object' && value !== null ? value : {};
  const findings = [];
  const refuse = (path, message) => void findings.push({ path, message });
  const customer = given.customer ?? {};
  if (!isText(customer.name, 200)) refuse('customer.name', 'must be a text of 1 to 200 characters');
  const address = customer.address ?? [];
  if (!Array.isArray(address) || address.length > 8 || !address.every((line) => isText(line, 200)))
    refuse('customer.address', 'must be up to 8 lines of text');
  const currency = given.currency ?? 'EUR';
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) refuse('currency', 'must be three capital letters');
  const lines = Array.isArray(given.lines) ? given.lines : [];
  if (lines.length === 0 || lines.length > 200) refuse('lines', 'must be 1 to 200 lines');
  const read = lines
    .slice(0, 200)
    .map((line, i) => readLine(line, taxPercent, (name, message) => refuse(`lines.${i}.${name}`, message)));
  return findings.length > 0
    ? { findings }
    : { draft: { customer: { name: customer.name, address }, currency, lines: read } };
}

function readLine(line, taxPercent, refuse) {
  const { description, quantity, unit_price_cents: price, tax_percent: tax = taxPercent } = line ?? {};
  if (!isText(description, 300)) refuse('description', 'must be a text of 1 to 300 characters');
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > 100_000)
    refuse('quantity', 'must be a whole number from 1 to 100000');
  if (!Number.isInteger(price) || Math.abs(price) > 1_000_000_00) refuse('unit_price_cents', 'must be whole cents');
  if (typeof tax !== 'number' || !(tax >= 0 && tax <= 50)) refuse('tax_percent', 'must be from 0 to 50');
  return { description, quantity, unit_price_cents: price, tax_percent: tax };
}

function isText(value, max) {
  return typeof value === 'string' && value.trim() !== '' && value.length <= max;
}

/** Net, tax by rate, and gross, in cents. Tax is rounded once for each rate, as tax offices ask for. */
export function totalsOf(lines) {
  const nets = new Map();
  for (const { quantity, unit_price_cents: price, tax_percent: rate } of lines)
    nets.set(rate, (nets.get(rate) ?? 0) + quantity * price);
  const taxes = [...nets]
    .sort(([a], [b]) => a - b)
    .map(([rate, net]) => ({ rate, net, tax: Math.round((net * rate) / 100) }));
  const net = taxes.reduce((sum, part) => sum + part.net, 0);
  return { net, taxes, gross: taxes.reduce((sum, part) => sum + part.tax, net) };
}

/** An amount as people write it: `1,234.50 EUR`. */
export function money(cents, currency) {
  const text = new Intl.NumberFormat('en', { minimumFractionDigits: 2 }).format(cents / 100);
  return `${text} ${currency}`;
}
