import { Clock, Public, rateHeaders, RateLimiter, RequestError } from '@hansa/platform';
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsString, Length, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TenantConfig } from '#config';
import { AdminsService } from './admins.service.js';

/** Body of `POST /auth/user/emailpass`. */
export class LoginRequest {
  @IsEmail() @MaxLength(254) email!: string;
  @IsString() @Length(1, 200) password!: string;
}

export class LoginResponse {
  @IsString() token!: string;
}

@ApiTags('Admin')
@Controller('auth/user')
export class LoginController {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly admins: AdminsService,
    private readonly config: TenantConfig,
    private readonly clock: Clock,
  ) {}

  /** A session token, good for 24 hours. */
  @Post('emailpass')
  @HttpCode(200)
  @Public()
  @ApiOkResponse({ type: LoginResponse })
  async login(
    @Body() { email, password }: LoginRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginResponse> {
    this.limit(`ip ${request.ip}`, this.config.logins.perAddress, reply);
    // By account too, or a guesser with many addresses would have as many tries.
    this.limit(`email ${email.toLowerCase()}`, this.config.logins.perEmail, reply);
    return { token: await this.admins.login(email, password) };
  }

  private limit(caller: string, perMinute: number, reply: FastifyReply): void {
    const rate = this.limiter.take(caller, perMinute, this.clock.now().getTime());
    if (rate.allowed) return;
    void reply.headers(rateHeaders(rate));
    throw new RequestError('RATE_LIMITED');
  }
}
