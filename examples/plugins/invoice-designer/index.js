import { money, readDraft, totalsOf } from './invoice.js';
import { escape, page } from './page.js';
import { renderHtml, renderSvg } from './render.js';

const INVOICE = 'invoice/';

/** @param {import('@hansa/plugin-sdk').RegisterContext} context */
export async function register({ medusa, config }) {
  const { events, logger, plugin, routes, storage } = medusa;
  const taxPercent = config.tax_percent ?? 20;

  routes.get('/', async () => ({
    html: showPage(
      (await storage.list(INVOICE)).map(({ value }) => value),
      plugin.id,
    ),
  }));
  routes.post('/invoices', async (request) => {
    const read = readDraft(request.json(), taxPercent);
    if ('findings' in read)
      return {
        status: 400,
        json: {
          type: 'invalid_data',
          message: 'The invoice is not complete.',
          code: 'INVOICE_INVALID',
          details: read.findings,
        },
      };
    const { number, lines, currency } = await issue(read.draft);
    return { status: 201, json: { number, total_cents: totalsOf(lines).gross, currency } };
  });
  routes.get('/invoices/:number', (request) =>
    withInvoice(request, (invoice) => ({ html: renderHtml(invoice, config) })),
  );
  routes.get('/invoices/:number/svg', (request) =>
    withInvoice(request, (invoice) => ({
      headers: { 'content-type': 'image/svg+xml' },
      body: renderSvg(invoice, config),
    })),
  );

  events.on('order.placed', async (order) => {
    const read = readDraft(order, taxPercent);
    if ('findings' in read || !isOrderId(order?.id))
      return logger.warn('an order cannot be invoiced', { findings: read.findings ?? [] });
    const { number } = await issue(read.draft, order.id);
    logger.info('invoice issued', { number });
  });

  /** Takes the next number of the year. Updates of the counter run one after another, and an order has one invoice. */
  async function issue(draft, orderId) {
    const issuedOn = new Date().toISOString().slice(0, 10);
    const year = issuedOn.slice(0, 4);
    const orderKey = orderId === undefined ? undefined : `order/${orderId}`;
    let invoice;
    await storage.update(`sequence/${year}`, async (last = 0) => {
      const known = orderKey && (await storage.get(orderKey));
      if (known) {
        invoice = await storage.get(INVOICE + known);
        return last;
      }
      // A crash between the invoice and its counter leaves a number that is taken: it is kept, never written over.
      let next = last + 1;
      const numberOf = (n) => `${prefixOf(config)}-${year}-${String(n).padStart(5, '0')}`;
      while ((await storage.get(INVOICE + numberOf(next))) !== undefined) next += 1;
      invoice = { ...draft, number: numberOf(next), issued_on: issuedOn };
      if (orderKey) await storage.set(orderKey, invoice.number);
      await storage.set(INVOICE + invoice.number, invoice);
      return next;
    });
    return invoice;
  }

  async function withInvoice({ params }, show) {
    const isNumber = /^[A-Z]{1,6}-\d{4}-\d{5,}$/.test(params.number);
    const invoice = isNumber ? await storage.get(INVOICE + params.number) : undefined;
    return invoice
      ? show(invoice)
      : { status: 404, json: { type: 'not_found', message: 'No invoice has this number.', code: 'INVOICE_NOT_FOUND' } };
  }
}

/** @param {import('@hansa/plugin-sdk').RegisterContext} context */
export async function health({ config }) {
  return config.company === undefined ? { ok: true, message: 'Set your company name in the settings.' } : { ok: true };
}

function isOrderId(id) {
  return typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id);
}

function prefixOf({ prefix }) {
  return typeof prefix === 'string' && /^[A-Z]{1,6}$/.test(prefix) ? prefix : 'INV';
}

function showPage(invoices, id) {
  const newest = [...invoices].reverse();
  const sums = new Map();
  for (const { currency, lines } of invoices) sums.set(currency, (sums.get(currency) ?? 0) + totalsOf(lines).gross);
  const rows = newest.slice(0, 100).map(({ number, issued_on: issuedOn, customer, currency, lines }) => {
    const link = `/plugins/${escape(id)}/invoices/${escape(number)}`;
    return `<tr><td class="nowrap"><a href="${link}">${escape(number)}</a></td><td class="nowrap wide">${escape(issuedOn)}</td><td>${escape(customer.name)}</td><td class="number">${money(totalsOf(lines).gross, currency)}</td></tr>`;
  });
  const figures = [...sums].map(
    ([currency, cents]) => `<div class="card"><span class="figure">${money(cents, currency)}</span>invoiced</div>`,
  );
  const body = `
<div class="grid"><div class="card"><span class="figure">${invoices.length}</span>invoices</div>${figures.join('')}</div>
<section class="card"><h2>Invoices, newest first</h2>
${rows.length === 0 ? '<p class="soft">The next order gets the first invoice.</p>' : `<table><thead><tr><th>Number</th><th class="wide">Date</th><th>Customer</th><th class="number">Total</th></tr></thead><tbody>${rows.join('')}</tbody></table>`}
</section>`;
  return page({
    title: 'Invoice Designer',
    lead: 'Every order gets an invoice, with consecutive numbers.',
    accent: ['#1f5fbf', '#84b4ff'],
    body,
  });
}
