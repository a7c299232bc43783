import { PortalLink } from '@hansa/contracts';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '#access';
import { HubService } from './hub.service.js';

@ApiTags('Marketplace')
@Controller('admin/marketplace')
export class PortalController {
  constructor(private readonly hub: HubService) {}

  /**
   * A link that opens the merchant portal of the hub for this shop: once, within two minutes, in any browser. Nothing about
   * the admin who asks leaves the shop.
   */
  @Post('portal')
  @HttpCode(201)
  @Requires('admin')
  @ApiCreatedResponse({ type: PortalLink })
  async open(): Promise<PortalLink> {
    const token = await this.hub.token();
    const { url, expires_at } = await this.hub.ask((client) => client.portalLink(token));
    return { url, expires_at };
  }
}
