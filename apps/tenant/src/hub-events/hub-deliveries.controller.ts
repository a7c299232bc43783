import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '#access';
import { pageOf, PageQuery, type Page } from '#database';
import { HubDelivery } from './hub-delivery.entity.js';

interface ReceivedDelivery {
  readonly id: string;
  readonly event: string;
  readonly received_at: string;
  /** The package it was about, if it was about one. */
  readonly marketplace_id: string | null;
}

@ApiTags('Hub')
@Controller('admin/marketplace/deliveries')
export class HubDeliveriesController {
  constructor(private readonly dataSource: DataSource) {}

  /** What the hub told this shop, newest first. */
  @Get()
  @Requires('admin')
  async list(@Query() query: PageQuery): Promise<Page<ReceivedDelivery>> {
    const { take, skip } = pageOf(query);
    const order = { receivedAt: 'DESC', deliveryId: 'DESC' } as const;
    const [rows, count] = await this.dataSource.manager.findAndCount(HubDelivery, { order, take, skip });
    return { items: rows.map(viewOf), count, limit: take, offset: skip };
  }
}

function viewOf({ deliveryId: id, event, receivedAt, body }: HubDelivery): ReceivedDelivery {
  const about = body['marketplace_id'];
  const marketplaceId = typeof about === 'string' ? about : null;
  return { id, event, received_at: receivedAt.toISOString(), marketplace_id: marketplaceId };
}
