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
import { OperatorActor, Requires } from '#auth';
import { listOf, NoticesService } from '#releases';

/** What operators tell the shops about anybody's package. */
@ApiTags('Console')
@Controller('console')
export class PackagesController {
  constructor(private readonly notices: NoticesService) {}

  /** Whether a package is deprecated, and by whom. */
  @Get('packages/:vendor/:name/deprecation')
  @Requires('operator')
  @ApiOkResponse({ type: DeprecationState })
  async deprecation(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @OperatorActor() actor: string,
  ): Promise<DeprecationState> {
    return this.notices.deprecationOf(`${vendor}/${name}`, { publisherId: null, actor });
  }

  /** Says that a package is no longer cared for; its publisher cannot take that back. */
  @Put('packages/:vendor/:name/deprecation')
  @Requires('operator')
  @ApiOkResponse({ type: DeprecationNotice })
  async deprecate(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Body() request: DeprecateRequest,
    @OperatorActor() actor: string,
  ): Promise<DeprecationNotice> {
    return this.notices.deprecate(`${vendor}/${name}`, request, { publisherId: null, actor });
  }

  /** Takes that back. */
  @Delete('packages/:vendor/:name/deprecation')
  @HttpCode(204)
  @Requires('operator')
  async undeprecate(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @OperatorActor() actor: string,
  ): Promise<void> {
    await this.notices.undeprecate(`${vendor}/${name}`, { publisherId: null, actor });
  }

  /** What is known to be wrong with versions of a package, withdrawn advisories too. */
  @Get('packages/:vendor/:name/advisories')
  @Requires('operator')
  @ApiOkResponse({ type: AdvisoryList })
  async list(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @OperatorActor() actor: string,
  ): Promise<AdvisoryList> {
    return listOf(await this.notices.list(`${vendor}/${name}`, { publisherId: null, actor }));
  }

  /** Tells every shop what is wrong with which versions. */
  @Post('packages/:vendor/:name/advisories')
  @Requires('operator')
  @ApiCreatedResponse({ type: Advisory })
  async publish(
    @Param('vendor') vendor: string,
    @Param('name') name: string,
    @Body() request: AdvisoryRequest,
    @OperatorActor() actor: string,
  ): Promise<Advisory> {
    return this.notices.publish(`${vendor}/${name}`, request, { publisherId: null, actor });
  }

  /** Says that an advisory was wrong. */
  @Post('advisories/:id/withdraw')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: Advisory })
  async withdraw(
    @Param('id') id: string,
    @Body() { reason }: WithdrawAdvisoryRequest,
    @OperatorActor() actor: string,
  ): Promise<Advisory> {
    return this.notices.withdraw(id, reason, { publisherId: null, actor });
  }
}
