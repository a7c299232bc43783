import { Clock, Public, RateLimiter, RequestError } from '@hansa/platform';
import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PasswordResets } from '#accounts';
import { CentralConfig } from '#config';
import { agreementPage } from './agreement-page.js';
import { headersOf, renderPage, type PlainPage } from './plain-page.js';
import { EmailRequest, UseResetRequest } from './portal.dto.js';
import { RESET_PAGE } from './reset-page.js';

/** Of each address: a letter and a password hash cost far more than a request. */
const TRIES_PER_MINUTE = 20;

/** What people without a session need: the agreement to read, and another password. */
@ApiTags('Account')
@Controller()
export class AccountPagesController {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly resets: PasswordResets,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
  ) {}

  /** What publishers agree to, in words. */
  @Get('agreement')
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page for people.' })
  async agreement(@Res() reply: FastifyReply): Promise<void> {
    const { commissionPercent, publishing } = this.config;
    await send(reply, agreementPage(publishing.agreementVersion, commissionPercent));
  }

  /** Where the link of a reset letter leads. */
  @Get('account/reset-password')
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page for people.' })
  async resetPage(@Res() reply: FastifyReply): Promise<void> {
    await send(reply, RESET_PAGE);
  }

  /** Mails a link that sets another password. The answer is the same for an address without an account. */
  @Post('account/password-resets')
  @HttpCode(202)
  @Public()
  async ask(@Body() { email }: EmailRequest, @Req() request: FastifyRequest): Promise<object> {
    this.limit(request);
    await this.resets.ask(email);
    return { sent: true };
  }

  /** Sets the password with the token of the link, once, and ends every session. */
  @Post('account/password-resets/use')
  @HttpCode(204)
  @Public()
  async use(@Body() { token, password }: UseResetRequest, @Req() request: FastifyRequest): Promise<void> {
    this.limit(request);
    await this.resets.use(token, password);
  }

  private limit(request: FastifyRequest): void {
    const { allowed } = this.limiter.take(request.ip, TRIES_PER_MINUTE, this.clock.now().getTime());
    if (!allowed) throw new RequestError('RATE_LIMITED');
  }
}

async function send(reply: FastifyReply, page: PlainPage): Promise<void> {
  await reply.headers(headersOf(page)).send(renderPage(page));
}
