import { createHash, timingSafeEqual } from 'node:crypto';
import { ACCESS, RequestError } from '@hansa/platform';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { TenantConfig } from '#config';
import { AccessError } from './access.errors.js';
import { AdminCookies, bringsXsrfToken } from './admin-cookies.js';
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
  private readonly cookies: AdminCookies;
  /** Digest of the token the host platform brings; undefined when it has none. */
  private readonly hostToken: Buffer | undefined;

  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionTokens,
    { baseUrl, hostToken }: TenantConfig,
  ) {
    this.cookies = new AdminCookies(baseUrl);
    this.hostToken = hostToken === undefined ? undefined : sha256(hostToken);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Audience | 'public' | undefined>(ACCESS, context.getHandler());
    if (access === undefined) throw new RequestError('ACCESS_DENIED');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (access === 'admin') await this.admit(request);
    if (access === 'host' && !this.isHost(request)) throw new RequestError('CREDENTIALS_REQUIRED');
    return true;
  }

  private async admit(request: FastifyRequest): Promise<void> {
    const token = this.tokenOf(request);
    const adminId = token === undefined ? null : await this.sessions.read(token);
    if (adminId === null) throw new RequestError('CREDENTIALS_REQUIRED');
    request.adminId = adminId;
  }

  /** Compared as digests: neither the token's length nor its beginning can be found out by timing. */
  private isHost({ headers }: FastifyRequest): boolean {
    const brought = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '')?.[1];
    return brought !== undefined && this.hostToken !== undefined && timingSafeEqual(sha256(brought), this.hostToken);
  }

  /** Scripts bring the token themselves; browsers bring it as a cookie, and for a change what only our own pages can read. */
  private tokenOf({ headers, method }: FastifyRequest): string | undefined {
    if (headers.authorization !== undefined)
      return /^Bearer ([A-Za-z0-9._-]{1,4096})$/i.exec(headers.authorization)?.[1];
    const token = this.cookies.tokenOf(headers);
    const isRead = method === 'GET' || method === 'HEAD';
    if (token !== undefined && !isRead && !bringsXsrfToken(headers, token))
      throw new AccessError('XSRF_TOKEN_REQUIRED');
    return token;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
