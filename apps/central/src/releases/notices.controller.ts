import {
  Advisory,
  AdvisoryList,
  AdvisoryRequest,
  DeprecateRequest,
  DeprecationNotice,
  DeprecationState,
  WithdrawAdvisoryRequest,
} from '@hansa/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { PublisherActor, PublisherId, Requires } from '#auth';
import { NoticesService } from './notices.service.js';

/** A list that is always shown whole. */
export function listOf(items: Advisory[]): AdvisoryList {
  return { items, count: items.length, limit: items.length, offset: 0 };
}

/** What a publisher tells the shops that have his packages. */
@ApiTags('Publisher')
@Controller('publisher')
export class NoticesController {
  constructor(private readonly notices: NoticesService) {}

  /** Whether a package is deprecated, and whether its publisher may take that back. */
  @Get('packages/:vendor/:name/deprecation')
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: DeprecationState })
  async deprecation(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
  ): Promise<DeprecationState> {
    return this.notices.deprecationOf(`${vendor}/${name}`, { publisherId, actor });
  }

  /** Says that a package is no longer cared for, and what takes its place. */
  @Put('packages/:vendor/:name/deprecation')
  @Requires('publisher', 'listings:write')
  @ApiOkResponse({ type: DeprecationNotice })
  async deprecate(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Body() request: DeprecateRequest,
  ): Promise<DeprecationNotice> {
    return this.notices.deprecate(`${vendor}/${name}`, request, { publisherId, actor });
  }

  /** Takes that back. */
  @Delete('packages/:vendor/:name/deprecation')
  @HttpCode(204)
  @Requires('publisher', 'listings:write')
  async undeprecate(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
  ): Promise<void> {
    await this.notices.undeprecate(`${vendor}/${name}`, { publisherId, actor });
  }

  /** What is known to be wrong with versions of a package, withdrawn advisories too. */
  @Get('packages/:vendor/:name/advisories')
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: AdvisoryList })
  async list(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
  ): Promise<AdvisoryList> {
    return listOf(await this.notices.list(`${vendor}/${name}`, { publisherId, actor }));
  }

  /** Tells every shop what is wrong with which versions. */
  @Post('packages/:vendor/:name/advisories')
  @Requires('publisher', 'releases:write')
  @ApiCreatedResponse({ type: Advisory })
  async publish(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Body() request: AdvisoryRequest,
  ): Promise<Advisory> {
    return this.notices.publish(`${vendor}/${name}`, request, { publisherId, actor });
  }

  /** Says that an advisory was wrong. */
  @Post('advisories/:id/withdraw')
  @HttpCode(200)
  @Requires('publisher', 'releases:write')
  @ApiOkResponse({ type: Advisory })
  async withdraw(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('id') id: string,
    @Body() { reason }: WithdrawAdvisoryRequest,
  ): Promise<Advisory> {
    return this.notices.withdraw(id, reason, { publisherId, actor });
  }
}
