import { Clock, Public, RateLimiter, RequestError } from '@hansa/platform';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { AccountsService } from '#accounts';

export class SignInRequest {
  @IsEmail() @MaxLength(254) email!: string;
  @IsString() @Length(1, 200) password!: string;
  /** Of the authenticator app, when the account has a second factor. */
  @IsOptional() @IsString() @MaxLength(10) code?: string;
}

export class SessionResponse {
  @IsString() token!: string;
  @IsString() expires_at!: string;
}

/** Sign-in attempts a minute and address: a password hash costs far more than a request. */
const SIGN_INS_PER_MINUTE = 20;

@ApiTags('Console')
@Controller('console/session')
export class SessionController {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** Signs an operator in; the token goes into `Authorization: Bearer`. */
  @Post()
  @HttpCode(201)
  @Public()
  @ApiCreatedResponse({ type: SessionResponse })
  async signIn(
    @Body() { email, password, code }: SignInRequest,
    @Req() request: FastifyRequest,
  ): Promise<SessionResponse> {
    const { allowed } = this.limiter.take(request.ip, SIGN_INS_PER_MINUTE, this.clock.now().getTime());
    if (!allowed) throw new RequestError('RATE_LIMITED');
    const { token, expiresAt } = await this.accounts.signIn(email, password, code);
    return { token, expires_at: expiresAt.toISOString() };
  }
}
