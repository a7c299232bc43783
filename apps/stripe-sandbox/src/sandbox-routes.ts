import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { noSuch } from './api/api-error.js';
import { listObjects, matching } from './api/list-objects.js';
import { decodeForm } from './api/form.js';
import { Params } from './api/params.js';
import { putOnClock } from './billing/test-clocks.js';
import { renewNow } from './billing/renew-subscription.js';
import { resendEvent } from './events/record-event.js';
import { indexPage } from './pages/index-page.js';
import { sendPage } from './pages/layout.js';
import { STYLES } from './pages/styles.js';
import { setOnboarding } from './connect/accounts.js';
import { decideDispute, disputePayment } from './payments/disputes.js';
import { type Runtime } from './runtime.js';

/** Serves what Stripe has no API for: looking at deliveries, sending an event again, health. No key is asked. */
export function sandboxRoutes(app: FastifyInstance, runtime: Runtime): void {
  app.get('/', async (_request, reply) => sendPage(reply, 200, runtime.change(indexPage)));
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/assets/sandbox.css', async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(STYLES),
  );

  app.get('/sandbox/deliveries', async (request) =>
    runtime.change((work) => {
      const params = new Params(decodeForm(request.url.split('?')[1] ?? ''));
      const found = matching(params, work.store.all('delivery'), 'event', 'event_type', 'status', 'webhook_endpoint');
      const answer = listObjects(params, '/sandbox/deliveries', found);
      params.done();
      return answer;
    }),
  );

  app.post('/sandbox/subscriptions/:id/renew', async (request) =>
    runtime.change((work) => renewNow(work, idOf(request))),
  );
  app.post('/sandbox/subscriptions/:id/test_clock', async (request) =>
    runtime.change((work) => putOnClock(work, idOf(request))),
  );
  app.post('/sandbox/charges/:id/dispute', async (request) =>
    runtime.change((work) => disputePayment(work, idOf(request))),
  );
  app.post('/sandbox/accounts/:id/restrict', async (request) =>
    runtime.change((work) => setOnboarding(work, idOf(request), false)),
  );
  app.post('/sandbox/disputes/:id/:verdict', async (request) => {
    const { verdict } = request.params as { verdict: string };
    if (verdict !== 'won' && verdict !== 'lost') throw noSuch('verdict', verdict);
    return runtime.change((work) => decideDispute(work, idOf(request), verdict));
  });

  app.post('/sandbox/events/:id/resend', async (request, reply) => {
    const { id } = request.params as { id: string };
    const deliveries = runtime.change((work) => resendEvent(work, id));
    if (!deliveries) throw noSuch('event', id);
    const browser = request.headers.accept?.includes('text/html') === true;
    if (browser) return reply.redirect('/', 303);
    return { object: 'list', data: deliveries, has_more: false, url: '/sandbox/deliveries' };
  });
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}
