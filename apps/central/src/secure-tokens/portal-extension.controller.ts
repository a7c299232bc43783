import { Public } from '@hansa/platform';
import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MerchantCookies, MerchantsService } from '#accounts';
import { CentralConfig } from '#config';
import { BRIDGE_SCRIPT, extensionPage } from './extension-page.js';
import { Extensions } from './extensions.service.js';

/** The portal page that shows an extension and fetches tokens for it. For browsers, not described in the API. */
@ApiExcludeController()
@Controller('portal')
export class PortalExtensionController {
  private readonly cookies: MerchantCookies;

  constructor(
    private readonly merchants: MerchantsService,
    private readonly extensions: Extensions,
    config: CentralConfig,
  ) {
    this.cookies = new MerchantCookies(config.hubUrl);
  }

  @Get('extension-bridge.js')
  @Public()
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'max-age=300')
  @Header('x-content-type-options', 'nosniff')
  bridge(): string {
    return BRIDGE_SCRIPT;
  }

  @Get('extensions/:id')
  @Public()
  async show(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const session = this.cookies.sessionOf(request.headers.cookie);
    const merchant = session === undefined ? undefined : await this.merchants.findBySession(session);
    const shops = merchant ? await this.merchants.listShops(merchant.accountId) : [];
    const page = merchant ? await this.extensions.findPage(id, shops) : undefined;
    const frame = page === undefined ? "'none'" : new URL(page).origin;
    // The extension runs in a frame of its own origin: it never sees the session, only the tokens made for it.
    const policy = `default-src 'none'; script-src 'self'; connect-src 'self'; frame-src ${frame}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
    await reply
      .code(!merchant ? 401 : page === undefined ? 404 : 200)
      .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'content-security-policy': policy })
      .type('text/html; charset=utf-8')
      .send(extensionPage(id, page));
  }
}
