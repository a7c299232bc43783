import { type FastifyInstance, type FastifyReply } from 'fastify';
import { changeCard, payOpenInvoice } from '../billing/pay-invoice.js';
import { findPortal, renewInPortal, type Portal } from '../billing/portal-sessions.js';
import { addCard } from '../payments/instrument.js';
import { refusalToKeep } from '../payments/test-cards.js';
import { type Runtime } from '../runtime.js';
import { type FormFields } from '../api/form.js';
import { type Work } from '../store/work.js';
import { fieldsOf, idOf } from './form-requests.js';
import { invoicePage } from './invoice-page.js';
import { invoicePdf } from './invoice-pdf.js';
import { messagePage, sendPage } from './layout.js';
import { type PayProblem } from './pay-page.js';
import { portalPage } from './portal-page.js';
import { readCard } from './read-pay-form.js';

const NOBODY = { email: null, name: null };
const NO_FIELDS: FormFields = new Map();

/** Serves the pages of what was sold: the customer portal, and invoices that are owed. Whoever knows the id may open them. */
export function billingRoutes(app: FastifyInstance, runtime: Runtime): void {
  app.get('/p/session/:id', async (request, reply) => {
    const portal = runtime.change((work) => findPortal(work, idOf(request)));
    return portal ? sendPage(reply, 200, portalPage(portal), returnOf(portal)) : sendOldLink(reply);
  });

  app.post('/p/session/:id', async (request, reply) => {
    const fields: FormFields = fieldsOf(request) ?? NO_FIELDS;
    const { portal, problem } = runtime.change((work) => {
      const found = findPortal(work, idOf(request));
      return { portal: found, problem: found && act(work, found, fields) };
    });
    if (!portal) return sendOldLink(reply);
    if (problem) return sendPage(reply, 400, portalPage(portal, problem), returnOf(portal));
    return reply.redirect(`/p/session/${portal.session.id}`, 303);
  });

  app.get('/i/:id', async (request, reply) => {
    const invoice = runtime.store.get('invoice', idOf(request));
    return invoice ? sendPage(reply, 200, invoicePage(invoice, null)) : sendOldLink(reply);
  });

  app.get('/i/:id/pdf', async (request, reply) => {
    const invoice = runtime.store.get('invoice', idOf(request));
    if (!invoice) return sendOldLink(reply);
    return reply
      .header('content-disposition', `attachment; filename="Invoice-${invoice.number ?? invoice.id}.pdf"`)
      .header('cache-control', 'no-store')
      .type('application/pdf')
      .send(invoicePdf(invoice));
  });

  app.post('/i/:id', async (request, reply) => {
    const invoice = runtime.store.get('invoice', idOf(request));
    if (!invoice) return sendOldLink(reply);
    const means = readCard(fieldsOf(request) ?? NO_FIELDS, runtime.nowMs());
    if ('message' in means) return sendPage(reply, 400, invoicePage(invoice, means));
    const message = runtime.change((work) => payOpenInvoice(work, invoice, addCard(work, means.entry, NOBODY)).message);
    if (message !== null) return sendPage(reply, 402, invoicePage(invoice, { field: null, message }));
    return reply.redirect(`/i/${invoice.id}`, 303);
  });
}

/** Does what a form of the portal asks for; says what is wrong with its card, if anything. */
function act(work: Work, portal: Portal, fields: FormFields): PayProblem | null {
  const action = fields.get('action') ?? 'cancel';
  const subscription = fields.get('subscription');
  if (action === 'card') return useCard(work, portal, fields);
  if (typeof subscription === 'string') renewInPortal(work, portal, subscription, action === 'resume');
  return null;
}

function useCard(work: Work, { subscriptions }: Portal, fields: FormFields): PayProblem | null {
  const means = readCard(fields, work.nowMs);
  if ('message' in means) return means;
  const card = addCard(work, means.entry, NOBODY);
  const message = refusalToKeep(card.behavior);
  if (message !== null) return { field: 'card_number', message };
  for (const one of subscriptions) if (one.status !== 'canceled') changeCard(work, one, card);
  return null;
}

function returnOf({ session }: Portal): string[] {
  return session.return_url === null ? [] : [session.return_url];
}

function sendOldLink(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, messagePage('Nothing here', 'This link has expired. Please ask for another.'));
}
