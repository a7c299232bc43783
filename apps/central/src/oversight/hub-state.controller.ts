import { Figures, FiguresQuery, HubHealth, KeyStatus } from '@hansa/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '#auth';
import { HubState } from './hub-state.service.js';

@ApiTags('Console')
@ApiBearerAuth()
@Controller('console')
export class HubStateController {
  constructor(private readonly state: HubState) {}

  /** The hub's keys and signed metadata, without a secret among them. */
  @Get('keys')
  @Requires('operator')
  @ApiOkResponse({ type: KeyStatus })
  async keys(): Promise<KeyStatus> {
    return this.state.keys();
  }

  /** What asks for an operator. */
  @Get('health')
  @Requires('operator')
  @ApiOkResponse({ type: HubHealth })
  async health(): Promise<HubHealth> {
    return this.state.health();
  }

  /** Sales, licenses, deliveries and active shops by day. */
  @Get('figures')
  @Requires('operator')
  @ApiOkResponse({ type: Figures })
  async figures(@Query() { days = 30 }: FiguresQuery): Promise<Figures> {
    return this.state.figures(days);
  }
}
