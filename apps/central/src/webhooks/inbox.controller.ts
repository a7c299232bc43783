import { InboxAckRequest, InboxQuery, InboxResponse } from '@hansa/contracts';
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsInt } from 'class-validator';
import { InstanceId, Requires } from '#auth';
import { InboxService } from './inbox.service.js';

export class InboxAckResponse {
  /** Deliveries that are done because of this call. */
  @IsInt() acknowledged!: number;
}

/** Events for instances that cannot be reached, or did not answer (federation.md §2). */
@ApiTags('Instances')
@ApiBearerAuth()
@Controller('store/marketplace/inbox')
export class InboxController {
  constructor(private readonly inbox: InboxService) {}

  /** Waiting events, oldest first, each signed as its webhook would be. */
  @Get()
  @Requires('instance')
  @ApiOkResponse({ type: InboxResponse })
  async read(@InstanceId() instanceId: string, @Query() { after, wait }: InboxQuery): Promise<InboxResponse> {
    return { items: await this.inbox.read(instanceId, after ?? 0, wait ?? 0) };
  }

  /** These deliveries are done. */
  @Post('ack')
  @HttpCode(200)
  @Requires('instance')
  @ApiOkResponse({ type: InboxAckResponse })
  async acknowledge(@InstanceId() instanceId: string, @Body() body: InboxAckRequest): Promise<InboxAckResponse> {
    return { acknowledged: await this.inbox.acknowledge(instanceId, body.delivery_ids) };
  }
}
