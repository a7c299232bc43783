import { type FastifyInstance, type FastifyReply } from 'fastify';
import { type CheckoutRecord } from '../checkout/checkout-record.js';
import { finishChallenge, type PayOutcome, paySession } from '../checkout/pay-session.js';
import { checkoutOfIntent, expireIfDue } from '../checkout/sessions.js';
import { addBankAccount, addCard, type Instrument } from '../payments/instrument.js';
import { type Runtime } from '../runtime.js';
import { type Work } from '../store/work.js';
import { findAccountLink, finishOnboarding } from '../connect/accounts.js';
import { onboardingPage } from './onboarding-page.js';
import { challengePage } from './challenge-page.js';
import { fieldsOf, idOf } from './form-requests.js';
import { messagePage, sendPage } from './layout.js';
import { payPage, type PayProblem } from './pay-page.js';
import { type PayForm, readPayForm, typedValues } from './read-pay-form.js';

type Outcome = PayOutcome | (PayProblem & { readonly kind: 'problem' });

/** Serves the pages a customer sees: paying, and confirming to the bank. Whoever knows the id may open them. */
export function pageRoutes(app: FastifyInstance, runtime: Runtime): void {
  app.get('/c/pay/:id', async (request, reply) => {
    const record = openRecord(runtime, idOf(request));
    if (record?.session.status !== 'open') return sendClosed(reply, record);
    const failure = runtime.store.get('payment_intent', String(record.attempt))?.last_payment_error?.message;
    const problem = failure === undefined ? null : { field: null, message: failure };
    const values = { email: record.session.customer_details?.email ?? '', name: '', method: '' };
    return sendPage(reply, 200, payPage(record, values, problem), formTargets(record));
  });

  app.post('/c/pay/:id', async (request, reply) => {
    const record = openRecord(runtime, idOf(request));
    if (record?.session.status === 'complete') return reply.redirect(successUrl(record), 303);
    if (record?.session.status !== 'open') return sendClosed(reply, record);
    const fields = fieldsOf(request);
    if (!fields) return sendPage(reply, 400, messagePage('Bad request', 'The form could not be read.'));
    const outcome = runtime.change((work) => submit(work, record, readPayForm(record, fields, work.nowMs)));
    if (outcome.kind === 'complete') return reply.redirect(successUrl(record), 303);
    if (outcome.kind === 'challenge') return reply.redirect(outcome.url, 303);
    const problem = outcome.kind === 'problem' ? outcome : { field: null, message: outcome.message };
    const status = outcome.kind === 'problem' ? 400 : 402;
    return sendPage(reply, status, payPage(record, typedValues(fields), problem), formTargets(record));
  });

  app.get('/setup/e/:id', async (request, reply) => {
    const link = runtime.change((work) => findAccountLink(work, idOf(request)));
    if (link.expiresAt * 1_000 <= runtime.nowMs()) return reply.redirect(link.refreshUrl, 303);
    return sendPage(reply, 200, onboardingPage(link), [link.returnUrl, link.refreshUrl]);
  });

  app.post('/setup/e/:id', async (request, reply) =>
    reply.redirect(
      runtime.change((work) => finishOnboarding(work, idOf(request))),
      303,
    ),
  );

  app.get('/c/challenge/:id', async (request, reply) => {
    const intent = runtime.store.get('payment_intent', idOf(request));
    if (intent?.status !== 'requires_action') return sendNothingToConfirm(runtime, reply, idOf(request));
    const record = runtime.change((work) => checkoutOfIntent(work, intent.id));
    return sendPage(
      reply,
      200,
      challengePage(intent),
      record ? formTargets(record) : returnUrls(intent.next_action?.redirect_to_url),
    );
  });

  app.post('/c/challenge/:id', async (request, reply) => {
    const id = idOf(request);
    const result = fieldsOf(request)?.get('result');
    if (result !== 'complete' && result !== 'fail') {
      return sendPage(reply, 400, messagePage('Bad request', 'The result must be complete or fail.'));
    }
    const before = runtime.store.get('payment_intent', id);
    const record = before && runtime.change((work) => checkoutOfIntent(work, id));
    const current = record && openRecord(runtime, record.id);
    if (before?.status !== 'requires_action' || runtime.store.get('payment_intent', id)?.status !== 'requires_action') {
      return sendNothingToConfirm(runtime, reply, id);
    }
    const outcome = runtime.change((work) => finishChallenge(work, id, result === 'complete'));
    if (outcome && current)
      return reply.redirect(outcome.kind === 'complete' ? successUrl(current) : `/c/pay/${current.id}`, 303);
    const [returnUrl] = returnUrls(before.next_action?.redirect_to_url);
    return returnUrl === undefined
      ? sendPage(reply, 200, messagePage('Thank you', 'You may close this page.'))
      : reply.redirect(returnUrl, 303);
  });
}

function submit(work: Work, record: CheckoutRecord, form: PayForm | PayProblem): Outcome {
  if ('message' in form) return { kind: 'problem', ...form };
  return paySession(work, record, form.payer, instrumentFor(work, form));
}

function instrumentFor(work: Work, { payer, means }: PayForm): Instrument | null {
  switch (means.kind) {
    case 'nothing':
      return null;
    case 'card':
      return addCard(work, means.entry, payer);
    case 'debit':
      return addBankAccount(work, means.method, means.account, payer);
  }
}

/** The session, closed first if its time has come: the page must not take money a minute late. */
function openRecord(runtime: Runtime, id: string): CheckoutRecord | undefined {
  return runtime.change((work) => {
    expireIfDue(work, id);
    return work.store.get('checkout', id);
  });
}

function sendClosed(reply: FastifyReply, record: CheckoutRecord | undefined): FastifyReply {
  if (!record) return sendPage(reply, 404, messagePage('Nothing here', 'There is no such checkout session.'));
  const { status, cancel_url: cancelUrl } = record.session;
  if (status === 'complete') {
    const link = { href: successUrl(record), label: 'Back to the shop' };
    return sendPage(reply, 200, messagePage('All done', 'This checkout session has been completed.', link));
  }
  const link = cancelUrl === null ? null : { href: cancelUrl, label: 'Back to the shop' };
  return sendPage(reply, 410, messagePage('Expired', 'This checkout session has expired. Please start again.', link));
}

/** The challenge was answered before: the customer goes where the answer led. */
function sendNothingToConfirm(runtime: Runtime, reply: FastifyReply, intentId: string): FastifyReply {
  const record = runtime.change((work) => checkoutOfIntent(work, intentId));
  if (record) return reply.redirect(`/c/pay/${record.id}`, 303);
  return sendPage(reply, 404, messagePage('Nothing to confirm', 'No payment is waiting for a confirmation here.'));
}

function successUrl({ session }: CheckoutRecord): string {
  return (session.success_url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

function formTargets({ session }: CheckoutRecord): string[] {
  return [session.success_url, session.cancel_url].filter((url) => url !== null);
}

function returnUrls(redirect: { return_url: string | null } | undefined): string[] {
  return redirect?.return_url ? [redirect.return_url] : [];
}
