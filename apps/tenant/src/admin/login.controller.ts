import { Public } from '@hansa/platform';
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsString, Length, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminsService } from './admins.service.js';
import { LoginLimits } from './login-limits.js';

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
  constructor(
    private readonly admins: AdminsService,
    private readonly limits: LoginLimits,
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
    this.limits.take(email, request, reply);
    return { token: await this.admins.login(email, password) };
  }
}
