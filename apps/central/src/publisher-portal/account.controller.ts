import { AgreementView, PublisherView } from '@hansa/contracts';
import { Clock, Public, RateLimiter, RequestError } from '@hansa/platform';
import { Body, Controller, Delete, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AccountCookies,
  AccountsService,
  MembersService,
  PublishersService,
  RegistrationService,
  SESSION_SECONDS,
  type Account,
} from '#accounts';
import { callerOf, Requires } from '#auth';
import { CentralConfig } from '#config';
import {
  AcceptInvitationRequest,
  AccountSignInRequest,
  AccountView,
  ChangePasswordRequest,
  CodeRequest,
  EmailRequest,
  MembershipView,
  PasswordRequest,
  ProofRequest,
  RegisterAccountRequest,
  RegisterPublisherRequest,
  RemoveSecondFactorRequest,
  SecondFactorView,
} from './portal.dto.js';
import { membershipView, publisherView } from './portal-views.js';

/** Of each address: a password hash costs far more than a request, a letter more than both. */
const TRIES_PER_MINUTE = 20;

/** People with an account: registration, sessions, second factor. */
@ApiTags('Account')
@Controller('account')
export class AccountController {
  private readonly limiter = new RateLimiter();
  private readonly cookies: AccountCookies;

  constructor(
    private readonly accounts: AccountsService,
    private readonly registration: RegistrationService,
    private readonly members: MembersService,
    private readonly publishers: PublishersService,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
  ) {
    this.cookies = new AccountCookies(config.hubUrl);
  }

  /** Makes an account; a letter proves the address. The answer is the same for an address that has one. */
  @Post()
  @HttpCode(202)
  @Public()
  async register(@Body() { email, password }: RegisterAccountRequest, @Req() request: FastifyRequest): Promise<object> {
    this.limit(request);
    await this.registration.register(email, password);
    return { sent: true };
  }

  /** Sends the letter again. */
  @Post('proof')
  @HttpCode(202)
  @Public()
  async sendProof(@Body() { email }: EmailRequest, @Req() request: FastifyRequest): Promise<object> {
    this.limit(request);
    await this.registration.sendProofAgain(email);
    return { sent: true };
  }

  /** Proves the address with the code from the letter. */
  @Post('verify')
  @HttpCode(204)
  @Public()
  async verify(@Body() { code }: ProofRequest, @Req() request: FastifyRequest): Promise<void> {
    this.limit(request);
    await this.registration.verify(code);
  }

  /** What publishers agree to. */
  @Get('agreement')
  @Public()
  @ApiOkResponse({ type: AgreementView })
  agreement(): AgreementView {
    const { agreementVersion: version, agreementUrl } = this.config.publishing;
    return { version, url: agreementUrl ?? `${this.config.hubUrl}/agreement` };
  }

  /** Signs in: the session is a cookie, and changes need the other cookie's value in `x-xsrf-token`. */
  @Post('session')
  @HttpCode(200)
  @Public()
  @ApiOkResponse({ type: AccountView })
  async signIn(
    @Body() { email, password, code }: AccountSignInRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountView> {
    this.limit(request);
    const { token } = await this.accounts.signIn(email, password, code);
    void reply.header('set-cookie', this.cookies.setFor(token, SESSION_SECONDS));
    return this.view((await this.accounts.findBySession(token))!);
  }

  /** Ends the session. */
  @Delete('session')
  @HttpCode(204)
  @Requires('account')
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.accounts.signOut(callerOf(request, 'account').session);
    void reply.header('set-cookie', this.cookies.clear());
  }

  /** Who is signed in, and for which publishers. */
  @Get()
  @Requires('account')
  @ApiOkResponse({ type: AccountView })
  async read(@Req() request: FastifyRequest): Promise<AccountView> {
    return this.view(callerOf(request, 'account').account);
  }

  /** Sets another password and ends every other session. */
  @Put('password')
  @HttpCode(204)
  @Requires('account')
  async changePassword(
    @Body() { password, next }: ChangePasswordRequest,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    this.limit(request);
    const { account, session } = callerOf(request, 'account');
    await this.accounts.changePassword(account.id, password, next, session);
  }

  /** Begins to set up a second factor. */
  @Post('second-factor')
  @Requires('account')
  @ApiCreatedResponse({ type: SecondFactorView })
  async beginSecondFactor(
    @Body() { password }: PasswordRequest,
    @Req() request: FastifyRequest,
  ): Promise<SecondFactorView> {
    this.limit(request);
    return this.accounts.beginSecondFactor(callerOf(request, 'account').account.id, password);
  }

  /** Turns it on with a first code. */
  @Post('second-factor/confirm')
  @HttpCode(204)
  @Requires('account')
  async confirmSecondFactor(@Body() { code }: CodeRequest, @Req() request: FastifyRequest): Promise<void> {
    this.limit(request);
    const { account, session } = callerOf(request, 'account');
    await this.accounts.confirmSecondFactor(account.id, code, session);
  }

  /** Turns it off. */
  @Post('second-factor/remove')
  @HttpCode(204)
  @Requires('account')
  async removeSecondFactor(
    @Body() { password, code }: RemoveSecondFactorRequest,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    this.limit(request);
    await this.accounts.removeSecondFactor(callerOf(request, 'account').account.id, password, code);
  }

  /** Makes a publisher owned by the account. */
  @Post('publishers')
  @Requires('account')
  @ApiCreatedResponse({ type: PublisherView })
  async registerPublisher(
    @Body() { name, agreement_version }: RegisterPublisherRequest,
    @Req() request: FastifyRequest,
  ): Promise<PublisherView> {
    const { id } = await this.publishers.register(callerOf(request, 'account').account.id, name, agreement_version);
    return publisherView(await this.publishers.find(id));
  }

  /** Becomes a member with the token from the invitation. */
  @Post('invitations')
  @HttpCode(200)
  @Requires('account')
  @ApiOkResponse({ type: MembershipView })
  async acceptInvitation(
    @Body() { token }: AcceptInvitationRequest,
    @Req() request: FastifyRequest,
  ): Promise<MembershipView> {
    return membershipView(await this.members.accept(callerOf(request, 'account').account, token));
  }

  private async view({ id, email, isOperator, totpEnabledAt }: Account): Promise<AccountView> {
    const publishers = (await this.members.publishersOf(id)).map(membershipView);
    return { id, email, second_factor: totpEnabledAt !== null, operator: isOperator, publishers };
  }

  private limit(request: FastifyRequest): void {
    const { allowed } = this.limiter.take(request.ip, TRIES_PER_MINUTE, this.clock.now().getTime());
    if (!allowed) throw new RequestError('RATE_LIMITED');
  }
}
