import { Public, RequestError } from '@hansa/platform';
import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminCookies, Requires, SESSION_TTL_SECONDS } from '#access';
import { TenantConfig } from '#config';
import { AdminsService } from './admins.service.js';
import { LoginLimits } from './login-limits.js';
import { LoginRequest } from './login.controller.js';

/** Who is signed in. */
export class AdminSessionResponse {
  @IsString() email!: string;
}

/** Sessions of browsers: the token stays in a cookie no script can read. */
@ApiTags('Admin')
@Controller('auth/session')
export class SessionController {
  private readonly cookies: AdminCookies;

  constructor(
    private readonly admins: AdminsService,
    private readonly limits: LoginLimits,
    { baseUrl }: TenantConfig,
  ) {
    this.cookies = new AdminCookies(baseUrl);
  }

  /** Signs in for 24 hours: a session cookie, and a second one whose value every change brings back as `x-xsrf-token`. */
  @Post()
  @HttpCode(200)
  @Public()
  @ApiOkResponse({ type: AdminSessionResponse })
  async signIn(
    @Body() { email, password }: LoginRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminSessionResponse> {
    // Another site must not sign people in as somebody else (login CSRF). Clients that are no browsers do not say where they are.
    if (!['same-origin', undefined].includes(request.headers['sec-fetch-site']))
      throw new RequestError('ACCESS_DENIED');
    this.limits.take(email, request, reply);
    const token = await this.admins.login(email, password);
    void reply.header('set-cookie', this.cookies.setFor(token, SESSION_TTL_SECONDS));
    return { email: email.toLowerCase() };
  }

  @Get()
  @Requires('admin')
  @ApiOkResponse({ type: AdminSessionResponse })
  async session(@Req() { adminId }: FastifyRequest): Promise<AdminSessionResponse> {
    const email = await this.admins.emailOf(adminId!);
    if (email === null) throw new RequestError('CREDENTIALS_REQUIRED');
    return { email };
  }

  /** Takes the cookies back. */
  @Delete()
  @HttpCode(204)
  @Requires('admin')
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.header('set-cookie', this.cookies.clear());
  }
}
