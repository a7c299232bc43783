import { RequestError, sendProblem } from '@hansa/platform';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The screen that opens a plugin's page for an admin, after signing in where that is needed (apps/tenant-web). */
const SCREEN = '/marketplace/plugin-page';

/**
 * Brings people to the page of a plugin they followed a link to, where a script would be told that credentials are missing.
 *
 * A plugin's page is sandboxed, so the browser takes its links for those of another site and holds the session cookie back
 * (SameSite=Strict), as it does for a link in a mail. Asked once more, by this origin, it sends the cookie. Whoever has none signs in first.
 */
@Catch(RequestError)
export class LeadToSignIn implements ExceptionFilter<RequestError> {
  catch(error: RequestError, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error.code !== 'CREDENTIALS_REQUIRED' || !isVisit(request)) return sendProblem(error, request, reply);
    void reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    });
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      // Browsers set this header and pages cannot: the second request has it as `same-origin`, so this does not go round in circles.
      void reply.header('refresh', '0').type('text/html; charset=utf-8').send('<!doctype html><title>…</title>');
      return;
    }
    void reply.redirect(`${SCREEN}?path=${encodeURIComponent(request.url)}`, 303);
  }
}

/** Whether a person goes to the page, in a tab: frames, scripts and changes are left to the refusal. */
function isVisit({ method, headers }: FastifyRequest): boolean {
  const { accept = '', 'sec-fetch-dest': goal = 'document' } = headers;
  return method === 'GET' && headers.authorization === undefined && accept.includes('text/html') && goal === 'document';
}
