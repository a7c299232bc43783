import { RequestError } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccountCookies, AccountsService, MembersService } from '#accounts';
import { CentralConfig } from '#config';
import { allows, PublisherTokens, type PublisherScope } from '#tokens';
import type { Caller } from './caller.js';
import { ROLE_SCOPES } from './role-scopes.js';

type Of<K extends Caller['kind']> = Extract<Caller, { kind: K }>;

/** Says who acts for a publisher: a tool with a token, or a member with a session. */
@Injectable()
export class PublisherGate {
  private readonly cookies: AccountCookies;

  constructor(
    private readonly accounts: AccountsService,
    private readonly members: MembersService,
    private readonly tokens: PublisherTokens,
    config: CentralConfig,
  ) {
    this.cookies = new AccountCookies(config.hubUrl);
  }

  /** Whoever is signed in. @throws {RequestError} CREDENTIALS_REQUIRED */
  async account(request: FastifyRequest): Promise<Of<'account'>> {
    const session = this.cookies.sessionOf(request.headers, request.method);
    const account = session === undefined ? undefined : await this.accounts.findBySession(session);
    if (session === undefined || !account) throw new RequestError('CREDENTIALS_REQUIRED');
    return { kind: 'account', account, session };
  }

  /** @throws {RequestError} CREDENTIALS_REQUIRED, ACCESS_DENIED */
  async withToken(bearer: string, scope: PublisherScope | undefined): Promise<Of<'publisher'>> {
    const token = await this.tokens.identify(bearer);
    if (!token) throw new RequestError('CREDENTIALS_REQUIRED');
    if (!allows(token.scopes, scope)) throw new RequestError('ACCESS_DENIED');
    return { kind: 'publisher', publisherId: token.publisherId };
  }

  /** The member named by the session, for the publisher named by `x-publisher-id`. @throws {RequestError} as above */
  async withSession(request: FastifyRequest, scope: PublisherScope | undefined): Promise<Of<'publisher'>> {
    const { account } = await this.account(request);
    const publisherId = String(request.headers['x-publisher-id'] ?? '');
    const role = await this.members.roleOf(publisherId, account.id);
    if (!role || !allows(ROLE_SCOPES[role], scope)) throw new RequestError('ACCESS_DENIED');
    return { kind: 'publisher', publisherId, accountId: account.id };
  }
}
