import { ACCESS, RequestError } from '@hansa/platform';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Audience } from './requires.js';
import { SessionTokens } from './session-tokens.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in, on routes that require an admin. */
    adminId?: string;
  }
}

/** Lets a request through when its route names an audience and the caller proves to be it; every other route is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionTokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Audience | 'public' | undefined>(ACCESS, context.getHandler());
    if (access === undefined) throw new RequestError('ACCESS_DENIED');
    if (access === 'admin') await this.admit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  private async admit(request: FastifyRequest): Promise<void> {
    const [, token] = /^Bearer ([A-Za-z0-9._-]{1,4096})$/i.exec(request.headers.authorization ?? '') ?? [];
    const adminId = token === undefined ? null : await this.sessions.read(token);
    if (adminId === null) throw new RequestError('CREDENTIALS_REQUIRED');
    request.adminId = adminId;
  }
}
