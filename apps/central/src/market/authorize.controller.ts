import { markup, notePage, page, pageHeaders, Public, RequestError } from '@hansa/platform';
import { timingSafeEqualText } from '@hansa/trust';
import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authorizations } from './authorizations.service.js';
import { parametersOf, readAuthorizeRequest, type AuthorizeRequest } from './authorize-request.js';
import type { MarketClient } from './market-client.entity.js';
import { Visitors, type Visitor } from './visitors.js';

type Form = Readonly<Record<string, string>> | undefined;

/** Sign-in and consent for people of a cPanel server (docs/protocol/market.md §3). For browsers, not described in the API. */
@ApiExcludeController()
@Controller('market')
export class AuthorizeController {
  constructor(
    private readonly authorizations: Authorizations,
    private readonly visitors: Visitors,
  ) {}

  /** The consent page, after a sign-in where nobody is signed in. */
  @Get('authorize')
  @Public()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asked = readAuthorizeRequest(queryOf(request));
    const client = asked && (await this.authorizations.clientOf(asked));
    if (!asked || !client) return refuse(reply);
    const visitor = await this.visitors.find(request);
    if (!visitor) return this.visitors.askToSignIn(request, reply);
    await reply
      .code(200)
      .headers(pageHeaders([new URL(asked.redirectUri).origin]))
      .send(consentPage(asked, client, visitor));
  }

  /** What was decided: back to cPanel with a code, or a page. */
  @Post('authorize')
  @Public()
  @RouteConfig({ form: 'read' })
  async decide(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const parameters = new URLSearchParams(form ?? {});
    const asked = readAuthorizeRequest(parameters);
    const client = asked && (await this.authorizations.clientOf(asked));
    if (!asked || !client) return refuse(reply);
    const again = `/market/authorize?${new URLSearchParams(parametersOf(asked)).toString()}`;
    const visitor = await this.visitors.find(request);
    if (!visitor) return this.visitors.askToSignIn(request, reply, again);
    // Another site must not consent in his name (cross-site request forgery).
    const isOwnPage = ['same-origin', undefined].includes(request.headers['sec-fetch-site']);
    if (!isOwnPage || !timingSafeEqualText(parameters.get('csrf') ?? '', visitor.csrf)) return refuse(reply, 403);
    if (parameters.get('decision') !== 'allow') {
      const page = notePage('Nothing was allowed', `${client.name} was not let in. You can close this page.`);
      return void reply.code(200).headers(pageHeaders()).send(page);
    }
    const location = await this.authorizations.grant(asked, visitor.accountId);
    // 303: the form's fields must not follow the browser to the other server (RFC 9700 §4.12).
    await reply
      .code(303)
      .headers({ ...pageHeaders(), location })
      .send();
  }

  /** Has a sign-in link sent. */
  @Post('sign-in')
  @Public()
  @RouteConfig({ form: 'read' })
  async signIn(@Body() form: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      const page = await this.visitors.sendLink(form?.['email'] ?? '', request);
      await reply.code(200).headers(pageHeaders()).send(page);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const isLimited = error.code === 'RATE_LIMITED';
      const text = isLimited ? 'Too many links were asked for. Wait a minute.' : 'This is no e-mail address.';
      await reply
        .code(isLimited ? 429 : 400)
        .headers(pageHeaders())
        .send(notePage('No link was sent', text));
    }
  }
}

/** Never a redirect: nothing says that the address belongs to who asks (RFC 6749 §4.1.2.1). */
function refuse(reply: FastifyReply, status = 400): void {
  const text = 'The request of your server cannot be answered. Go back to cPanel and begin again.';
  void reply.code(status).headers(pageHeaders()).send(notePage('Sign-in refused', text));
}

/** From the raw address: a query parser may make something else of a repetition. */
function queryOf({ raw }: FastifyRequest): URLSearchParams {
  const { url = '' } = raw;
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}

function consentPage(asked: AuthorizeRequest, client: MarketClient, { email, csrf }: Visitor): string {
  const fields = Object.entries({ ...parametersOf(asked), csrf });
  const { host } = new URL(asked.redirectUri);
  return page(
    'Let this server shop for you?',
    markup`<p><strong>${client.name}</strong> (${host}) asks to act for <strong>${email}</strong>, for one hour. It may:</p>
<ul>
<li>put products into a cart for you; you pay here, on our own page</li>
<li>see your e-mail address</li>
</ul>
<form method="post" action="/market/authorize">
${fields.map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`)}
<div class="choice">
<button name="decision" value="allow">Allow</button>
<button class="plain" name="decision" value="deny">Do not allow</button>
</div>
</form>`,
  );
}
