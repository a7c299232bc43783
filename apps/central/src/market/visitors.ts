import {
  Clock,
  enqueue,
  inTransaction,
  markup,
  notePage,
  page,
  pageHeaders,
  RateLimiter,
  RequestError,
} from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { isEmail } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { MerchantCookies, MerchantsService, xsrfTokenOf } from '#accounts';
import { CentralConfig } from '#config';
import { offerMarketSignIn } from './market-sign-in.job.js';

/** As long as the link in the letter is good, and a little more. */
const ONWARD_SECONDS = 1_200;

/** A person in front of a page of the market. */
export interface Visitor {
  readonly accountId: string;
  readonly email: string;
  /** What a form of his page must send back. */
  readonly csrf: string;
}

/** Who looks at a page of the market, and how he signs in first. */
@Injectable()
export class Visitors {
  private readonly cookies: MerchantCookies;
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly config: CentralConfig,
    private readonly clock: Clock,
    private readonly dataSource: DataSource,
    private readonly merchants: MerchantsService,
  ) {
    this.cookies = new MerchantCookies(config.hubUrl);
  }

  /** Whoever is signed in, with an address that is proven: what he buys goes there. */
  async find(request: FastifyRequest): Promise<Visitor | undefined> {
    const session = this.cookies.sessionOf(request.headers.cookie);
    const merchant = session === undefined ? undefined : await this.merchants.findBySession(session);
    if (session === undefined || !merchant || merchant.emailGenerated || !merchant.emailProven) return undefined;
    return { accountId: merchant.accountId, email: merchant.email, csrf: xsrfTokenOf(session) };
  }

  /** Shows the form that asks for an address, and remembers to lead back to the page of this request. */
  askToSignIn(request: FastifyRequest, reply: FastifyReply, onward = request.url): void {
    const remembered = this.cookies.rememberOnward(onward, ONWARD_SECONDS);
    if (remembered.length > 0) void reply.header('set-cookie', remembered);
    void reply.code(200).headers(pageHeaders()).send(SIGN_IN_PAGE);
  }

  /** Has a link sent. The answer is the same for every address, whether the hub knows it or not. @throws {RequestError} */
  async sendLink(email: string, request: FastifyRequest): Promise<string> {
    const { allowed } = this.limiter.take(request.ip, this.config.rates.anonymous, this.clock.now().getTime());
    if (!allowed) throw new RequestError('RATE_LIMITED');
    if (!isEmail(email) || email.length > 254) throw new RequestError('MALFORMED_REQUEST');
    await inTransaction(this.dataSource, (tx) => enqueue(tx, offerMarketSignIn, { email: email.toLowerCase() }));
    return notePage(
      'Look into your mail',
      `We have sent a link to ${email}. Open it in this browser: it signs you in and leads back here.`,
    );
  }
}

const SIGN_IN_PAGE = page(
  'Sign in',
  markup`<p>Give your e-mail address. We send a link that signs you in; a password is not needed.</p>
<form method="post" action="/market/sign-in">
<label for="email">E-mail address</label>
<input type="email" id="email" name="email" autocomplete="email" maxlength="254" required autofocus>
<button>Send the link</button>
</form>`,
);
