import { ACCESS, RateLimiter, RequestError, rateHeaders, Clock, setHeaders } from '@hansa/platform';
import { timingSafeEqualText } from '@hansa/trust';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountsService, MerchantCookies, MerchantsService, xsrfTokenOf, type Account } from '#accounts';
import { CentralConfig } from '#config';
import { InstancesService, Sightings } from '#instances';
import { ManagementTokens, MarketTokens, type ManagementScope, type MarketScope, type PublisherScope } from '#tokens';
import { AuthError } from './auth.errors.js';
import type { Audience, Caller } from './caller.js';
import { PublisherGate } from './publisher-gate.js';
import { SCOPE } from './requires.js';
import { ShopGate } from './shop-gate.js';

/** Lets a request through when its route names an audience and the caller proves to be it; every other route is closed. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly bearerLimiter = new RateLimiter();
  private readonly cookies: MerchantCookies;

  constructor(
    private readonly reflector: Reflector,
    private readonly shopGate: ShopGate,
    private readonly accounts: AccountsService,
    private readonly merchants: MerchantsService,
    private readonly publisherGate: PublisherGate,
    private readonly managementTokens: ManagementTokens,
    private readonly marketTokens: MarketTokens,
    private readonly instances: InstancesService,
    private readonly sightings: Sightings,
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {
    this.cookies = new MerchantCookies(config.hubUrl);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Audience | 'public' | undefined>(ACCESS, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (access === undefined) throw new RequestError('ACCESS_DENIED');
    if (access === 'public') request.caller = { kind: 'anonymous' };
    else if (access === 'management') {
      const scope = this.reflector.get<ManagementScope | undefined>(SCOPE, context.getHandler());
      request.caller = await this.identifyManagement(scope, request, http.getResponse());
    } else if (access === 'market') {
      const scope = this.reflector.get<MarketScope | undefined>(SCOPE, context.getHandler());
      request.caller = await this.identifyMarket(scope, request, http.getResponse());
    } else if (access === 'publisher') {
      const scope = this.reflector.get<PublisherScope | undefined>(SCOPE, context.getHandler());
      request.caller =
        request.headers.authorization === undefined
          ? await this.publisherGate.withSession(request, scope)
          : await this.publisherGate.withToken(this.bearer(request, http.getResponse()), scope);
    } else request.caller = await this.identify(access, request, http.getResponse());
    return true;
  }

  private async identify(
    audience: Exclude<Audience, 'management' | 'market' | 'publisher'>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Caller> {
    switch (audience) {
      case 'shop':
        return this.admitShop(request, reply);
      case 'operator': {
        const account = await this.identifyAccount(request, reply);
        if (!account.isOperator) throw new RequestError('ACCESS_DENIED');
        return { kind: 'operator', accountId: account.id };
      }
      case 'merchant':
        return this.identifyMerchant(request);
      case 'account':
        return this.publisherGate.account(request);
      case 'instance':
        return this.identifyInstance(request, reply);
    }
  }

  /** A script sends its session as a bearer token; a browser sends the cookie, and with a change the token of its page. */
  private async identifyAccount(request: FastifyRequest, reply: FastifyReply): Promise<Account> {
    if (request.headers.authorization === undefined) return (await this.publisherGate.account(request)).account;
    const account = await this.accounts.findBySession(this.bearer(request, reply));
    if (!account) throw new RequestError('CREDENTIALS_REQUIRED');
    return account;
  }

  private async identifyInstance(request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const instanceId = await this.instances.authenticate(this.bearer(request, reply));
    await this.sightings.note(instanceId, request.ip);
    return { kind: 'instance', instanceId };
  }

  /** Browsers send cookies along with what other sites make them send (CSRF): a change needs what only our pages can read. */
  private async identifyMerchant({ headers, method, ip }: FastifyRequest): Promise<Caller> {
    const rate = this.bearerLimiter.take(ip, this.config.rates.key, this.clock.now().getTime());
    if (!rate.allowed) throw new RequestError('RATE_LIMITED');
    const session = this.cookies.sessionOf(headers.cookie);
    const merchant = session === undefined ? undefined : await this.merchants.findBySession(session);
    if (session === undefined || !merchant) throw new RequestError('CREDENTIALS_REQUIRED');
    const isRead = method === 'GET' || method === 'HEAD';
    const sent = headers['x-xsrf-token'];
    if (!isRead && !(typeof sent === 'string' && timingSafeEqualText(sent, xsrfTokenOf(session))))
      throw new AuthError('XSRF_TOKEN_REQUIRED');
    const { accountId, email, emailGenerated, emailProven } = merchant;
    return { kind: 'merchant', accountId, email: emailGenerated ? null : email, emailProven };
  }

  /** A scope the token lacks is refused; so is a route that names none, for it would be open to every scope. */
  private async identifyManagement(
    scope: ManagementScope | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Caller> {
    const token = await this.managementTokens.identify(this.bearer(request, reply));
    if (!token) throw new RequestError('CREDENTIALS_REQUIRED');
    if (scope === undefined || !token.scopes.includes(scope)) throw new RequestError('ACCESS_DENIED');
    return { kind: 'management', tokenId: token.id, publisherId: token.publisherId };
  }

  /** A cPanel server, for the merchant who let it act for him. */
  private async identifyMarket(
    scope: MarketScope | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Caller> {
    const identity = await this.marketTokens.identify(this.bearer(request, reply));
    if (!identity) throw new RequestError('CREDENTIALS_REQUIRED');
    const { scopes, ...caller } = identity;
    if (scope === undefined || !scopes.includes(scope)) throw new RequestError('ACCESS_DENIED');
    return { kind: 'market', ...caller };
  }

  private admitShop(request: FastifyRequest, reply: FastifyReply): Caller {
    const { keyId, rate, refusal } = this.shopGate.admit(request.headers, request.ip);
    setHeaders(reply, rateHeaders(rate));
    if (refusal === 'RATE_LIMITED') throw new RequestError('RATE_LIMITED');
    if (refusal) throw new AuthError(refusal);
    return { kind: 'shop', keyId };
  }

  /** The bearer token of a request; guessing is limited by address before anything is looked up. */
  private bearer(request: FastifyRequest, reply: FastifyReply): string {
    const rate = this.bearerLimiter.take(request.ip, this.config.rates.key, this.clock.now().getTime());
    if (!rate.allowed) {
      setHeaders(reply, rateHeaders(rate));
      throw new RequestError('RATE_LIMITED');
    }
    const [, token] = /^Bearer ([A-Za-z0-9._~+/-]{1,4096}=*)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw new RequestError('CREDENTIALS_REQUIRED');
    return token;
  }
}
