import { Clock, pageHeaders, Public } from '@hansa/platform';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountError, MerchantCookies, MerchantLinks } from '#accounts';
import { CentralConfig } from '#config';
import { refusedLinkPage, signInPage } from './sign-in-pages.js';

const LINK_TOKEN = /^hlnk_[A-Za-z0-9_-]{43}$/;

/** Where a sign-in link leads. For browsers, not described in the API. */
@ApiExcludeController()
@Controller('portal/sign-in')
export class SignInController {
  private readonly cookies: MerchantCookies;

  constructor(
    private readonly config: CentralConfig,
    private readonly clock: Clock,
    private readonly links: MerchantLinks,
  ) {
    this.cookies = new MerchantCookies(config.hubUrl);
  }

  /** Shows a button. Following the link changes nothing: mail scanners and previews follow every link they see. */
  @Get()
  @Public()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = tokenOf(request);
    if (token === undefined) return this.refuse(request, reply);
    const html = signInPage(token, request.headers['accept-language']);
    await reply.code(200).headers(pageHeaders()).send(html);
  }

  /** Takes the link and signs the browser in. */
  @Post()
  @Public()
  @RouteConfig({ form: 'unread' })
  async signIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = tokenOf(request);
    // Another site must not sign people in as somebody else (login CSRF): the button is on a page of our own.
    const isFromElsewhere = !['same-origin', undefined].includes(request.headers['sec-fetch-site']);
    if (token === undefined || isFromElsewhere) return this.refuse(request, reply);
    try {
      const signedIn = await this.links.redeem(token, this.cookies.sessionOf(request.headers.cookie));
      const seconds = Math.floor((signedIn.expiresAt.getTime() - this.clock.now().getTime()) / 1_000);
      const onward = this.cookies.onwardOf(request.headers.cookie) ?? '/merchant/licenses';
      const cookies = [...this.cookies.setFor(signedIn.token, seconds), this.cookies.forgetOnward()];
      await reply
        .code(303)
        .headers({ ...pageHeaders(), 'set-cookie': cookies, location: `${this.config.hubUrl}${onward}` })
        .send();
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      await this.refuse(request, reply);
    }
  }

  private async refuse({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
    await reply.code(400).headers(pageHeaders()).send(refusedLinkPage(headers['accept-language']));
  }
}

function tokenOf({ query }: FastifyRequest): string | undefined {
  const { token } = query as { token?: unknown };
  return typeof token === 'string' && LINK_TOKEN.test(token) ? token : undefined;
}
