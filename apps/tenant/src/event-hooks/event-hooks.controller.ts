import { RequestError } from '@hansa/platform';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#access';
import { pageOf, PageQuery, type Page } from '#database';
import { EventHooksService } from './event-hooks.service.js';
import { HookDeliveriesService } from './hook-deliveries.service.js';
import { CreateWebhookRequest, DeliveriesQuery, ReplayRequest, UpdateWebhookRequest } from './hook-requests.js';
import {
  attemptView,
  deliveryView,
  webhookView,
  type AttemptView,
  type DeliveryView,
  type WebhookView,
} from './hook-views.js';

@ApiTags('Webhooks')
@Controller('admin/webhooks')
export class EventHooksController {
  constructor(
    private readonly hooks: EventHooksService,
    private readonly deliveries: HookDeliveriesService,
  ) {}

  /** Adds a listener to the shop's events. The secret is shown here and never again. */
  @Post()
  @Requires('admin')
  async create(
    @Body() request: CreateWebhookRequest,
    @Req() { adminId }: FastifyRequest,
  ): Promise<WebhookView & { readonly signing_secret: string }> {
    const { hook, secret } = await this.hooks.create(request, actorOf(adminId));
    return { ...webhookView(hook), signing_secret: secret };
  }

  @Get()
  @Requires('admin')
  async list(@Query() query: PageQuery): Promise<Page<WebhookView>> {
    const { hooks, count } = await this.hooks.list(query);
    const { take, skip } = pageOf(query);
    return { items: hooks.map(webhookView), count, limit: take, offset: skip };
  }

  /** One delivery and every try of it. */
  @Get('deliveries/:id')
  @Requires('admin')
  async delivery(@Param('id') id: string): Promise<DeliveryView & { readonly tries: readonly AttemptView[] }> {
    const { delivery, attempts } = await this.deliveries.find(id);
    return { ...deliveryView(delivery), tries: attempts.map(attemptView) };
  }

  /** Sends one delivery again: the same id and body, signed afresh. */
  @Post('deliveries/:id/replay')
  @HttpCode(202)
  @Requires('admin')
  async replay(@Param('id') id: string, @Req() { adminId }: FastifyRequest): Promise<DeliveryView> {
    return deliveryView(await this.deliveries.replay(id, actorOf(adminId)));
  }

  @Get(':id')
  @Requires('admin')
  async one(@Param('id') id: string): Promise<WebhookView> {
    return webhookView(await this.hooks.find(id));
  }

  /** Replaces address, events and whether it is called. */
  @Put(':id')
  @Requires('admin')
  async update(
    @Param('id') id: string,
    @Body() request: UpdateWebhookRequest,
    @Req() { adminId }: FastifyRequest,
  ): Promise<WebhookView> {
    return webhookView(await this.hooks.update(id, request, actorOf(adminId)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('admin')
  async remove(@Param('id') id: string, @Req() { adminId }: FastifyRequest): Promise<void> {
    await this.hooks.remove(id, actorOf(adminId));
  }

  /** A new secret, shown once; the one before signs beside it for a day. */
  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Requires('admin')
  async rotate(
    @Param('id') id: string,
    @Req() { adminId }: FastifyRequest,
  ): Promise<{ readonly signing_secret: string }> {
    return { signing_secret: await this.hooks.rotateSecret(id, actorOf(adminId)) };
  }

  /** What is on its way, arrived, or was given up; newest first. */
  @Get(':id/deliveries')
  @Requires('admin')
  async deliveriesOf(@Param('id') id: string, @Query() query: DeliveriesQuery): Promise<Page<DeliveryView>> {
    const { deliveries, count } = await this.deliveries.list(id, query);
    const { take, skip } = pageOf(query);
    return { items: deliveries.map(deliveryView), count, limit: take, offset: skip };
  }

  /** Sends the dead letters of a time range again, a thousand at most. */
  @Post(':id/replay')
  @HttpCode(202)
  @Requires('admin')
  async replayDead(
    @Param('id') id: string,
    @Body() { from, to }: ReplayRequest,
    @Req() { adminId }: FastifyRequest,
  ): Promise<{ readonly replayed: number }> {
    const range = { from: new Date(from), to: new Date(to) };
    if (!(range.from < range.to))
      throw new RequestError('VALIDATION_FAILED', [{ path: 'to', message: 'must be later than from' }]);
    return { replayed: await this.deliveries.replayDead(id, range, actorOf(adminId)) };
  }
}

function actorOf(adminId: string | undefined): string {
  return `admin:${adminId ?? 'unknown'}`;
}
