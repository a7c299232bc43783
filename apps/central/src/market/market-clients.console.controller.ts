import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { OperatorActor, Requires } from '#auth';
import { MarketClients } from './clients.service.js';
import type { MarketClient } from './market-client.entity.js';
import {
  ChangeMarketClientRequest,
  CreateMarketClientRequest,
  MarketClientResponse,
  MarketClientsResponse,
} from './market.dto.js';

@ApiTags('Console')
@Controller('console/market/clients')
export class MarketClientsController {
  constructor(private readonly clients: MarketClients) {}

  /** Every cPanel server that may sell what the hub sells. */
  @Get()
  @Requires('operator')
  @ApiOkResponse({ type: MarketClientsResponse })
  async list(): Promise<MarketClientsResponse> {
    const items = (await this.clients.list()).map(viewOf);
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Sets a server up; the id in the answer goes into its module's settings. */
  @Post()
  @Requires('operator')
  @ApiCreatedResponse({ type: MarketClientResponse })
  async create(
    @Body() { name, origins }: CreateMarketClientRequest,
    @OperatorActor() actor: string,
  ): Promise<MarketClientResponse> {
    return viewOf(await this.clients.create(name, origins, actor));
  }

  /** Changes what is given. Disabling a server ends its tokens at once. */
  @Patch(':id')
  @Requires('operator')
  @ApiOkResponse({ type: MarketClientResponse })
  async change(
    @Param('id') id: string,
    @Body() request: ChangeMarketClientRequest,
    @OperatorActor() actor: string,
  ): Promise<MarketClientResponse> {
    return viewOf(await this.clients.change(id, request, actor));
  }
}

function viewOf({ id, name, origins, createdAt, disabledAt }: MarketClient): MarketClientResponse {
  return { id, name, origins, enabled: disabledAt === null, created_at: createdAt.toISOString() };
}
