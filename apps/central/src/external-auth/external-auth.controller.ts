import { Public, Clock } from '@hansa/platform';
import { TOKEN_PARAMETER } from '@hansa/external-auth';
import { safeRedirect } from '@hansa/trust';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookieValues, MerchantCookies, MerchantsService } from '#accounts';
import { CentralConfig } from '#config';
import { ExternalAuthService, type SignInOutcome, type SignInTrace } from './external-auth.service.js';
import { portalPage, refusalPage, signedOutPage } from './pages.js';
import { Store } from './store.js';

/** Neither the address of these pages nor what they show may stay anywhere: not in caches, not in a referrer, not in a frame. */
const PRIVATE_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
};

/** Sign-in from elsewhere (docs/protocol/external-auth.md) and the page that says who is signed in. For browsers, not described in the API. */
@ApiExcludeController()
@Controller()
export class ExternalAuthController {
  private readonly cookies: MerchantCookies;

  constructor(
    config: CentralConfig,
    private readonly store: Store,
    private readonly externalAuth: ExternalAuthService,
    private readonly merchants: MerchantsService,
    private readonly clock: Clock,
  ) {
    this.cookies = new MerchantCookies(config.hubUrl);
  }

  @Get('auth/token')
  @Public()
  async signInByLink(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Link checkers and browsers that fetch ahead must not use the token up: the click that follows would be a replay.
    if (request.method === 'HEAD') return void reply.headers(PRIVATE_HEADERS).send();
    if (isFetchedAhead(request)) return void reply.code(503).headers(PRIVATE_HEADERS).send();
    await this.signIn(request, reply);
  }

  @Post('auth/token')
  @Public()
  @RouteConfig({ form: 'unread' })
  async signInByPost(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.signIn(request, reply);
  }

  /** Ends the session. A post, and the cookie is SameSite=Lax: no other site can sign people out. */
  @Post('auth/logout')
  @Public()
  @RouteConfig({ form: 'unread' })
  async signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = this.cookies.sessionOf(request.headers.cookie);
    const logoutUrl = token === undefined ? null : await this.externalAuth.signOut(token);
    await reply
      .code(303)
      .headers({
        ...PRIVATE_HEADERS,
        'set-cookie': this.cookies.clear(),
        location: logoutUrl ?? `${this.store.origin}/portal`,
      })
      .send();
  }

  @Get('portal')
  @Public()
  async portal(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = this.cookies.sessionOf(request.headers.cookie);
    const merchant = token === undefined ? undefined : await this.merchants.findBySession(token);
    const { continue: wanted } = request.query as { continue?: unknown };
    const continueTo = typeof wanted === 'string' ? safeRedirect(wanted, [this.store.origin]) : null;
    await reply
      .code(merchant ? 200 : 401)
      .headers(PRIVATE_HEADERS)
      .type('text/html; charset=utf-8')
      .send(merchant ? portalPage({ merchant, continueTo }) : signedOutPage());
  }

  private async signIn(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { cookie } = request.headers;
    const tokenCookies = cookieValues(cookie, TOKEN_PARAMETER);
    const trace: SignInTrace = {};
    const outcome = await this.externalAuth.signIn(
      {
        tokens: {
          query: queryValues(request),
          header: [request.headers[TOKEN_PARAMETER] ?? []].flat(),
          cookie: tokenCookies,
        },
        sessionToken: this.cookies.sessionOf(cookie),
        address: request.ip,
      },
      trace,
    );
    const said = outcome.kind === 'refused' ? { code: outcome.code } : {};
    request.log.info({ request_id: request.id, ...trace, ...said }, `external sign-in ${outcome.kind}`);
    void reply.headers(PRIVATE_HEADERS);
    if (tokenCookies.length > 0) void reply.header('set-cookie', this.cookies.expire(TOKEN_PARAMETER));
    const isJson = request.method === 'POST' && wantsJson(request);
    await (outcome.kind === 'refused' ? refuse(reply, outcome, isJson) : this.welcome(reply, outcome, isJson));
  }

  private async welcome(
    reply: FastifyReply,
    outcome: Extract<SignInOutcome, { kind: 'signed_in' }>,
    isJson: boolean,
  ): Promise<void> {
    const seconds = Math.floor((outcome.expiresAt.getTime() - this.clock.now().getTime()) / 1_000);
    // A link can sign anybody in as somebody else (login CSRF), so a browser that was another person's is told first.
    const location = outcome.replacedAnother
      ? `${this.store.origin}/portal?continue=${encodeURIComponent(outcome.destination)}`
      : outcome.destination;
    void reply.header('set-cookie', this.cookies.setFor(outcome.sessionToken, seconds)).header('location', location);
    await reply.code(303).send(isJson ? { status: 'signed_in', redirect_to: location } : undefined);
  }
}

async function refuse(
  reply: FastifyReply,
  { publicCode, redirectUrl }: Extract<SignInOutcome, { kind: 'refused' }>,
  isJson: boolean,
): Promise<void> {
  const body = isJson ? { error: publicCode, redirect_to: redirectUrl } : undefined;
  if (redirectUrl !== null) await reply.code(303).header('location', redirectUrl).send(body);
  else if (body) await reply.code(400).send(body);
  else await reply.code(400).type('text/html; charset=utf-8').send(refusalPage(publicCode));
}

/** From the raw address: a query parser may turn `external-auth-token[]=` or a repetition into something else. */
function queryValues({ raw }: FastifyRequest): string[] {
  const { url = '' } = raw;
  const at = url.indexOf('?');
  return at < 0 ? [] : new URLSearchParams(url.slice(at + 1)).getAll(TOKEN_PARAMETER);
}

function isFetchedAhead({ headers }: FastifyRequest): boolean {
  const purposes = [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']].flat();
  return purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose ?? ''));
}

function wantsJson({ headers }: FastifyRequest): boolean {
  return /(^|[\s,])application\/json\b/i.test(headers.accept ?? '');
}
