import { INSTANCE_ID } from '@hansa/contracts';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { OperatorActor, Requires } from '#auth';
import type { DeliveryAttempt, DeliveryStatus } from '#outbox';
import { DeliveriesService, type ListedDelivery } from './deliveries.service.js';

const STATUSES = ['pending', 'delivered', 'dead'] as const;

export class DeliveriesQuery {
  @IsOptional() @IsIn(STATUSES) status?: DeliveryStatus;
  @IsOptional() @Matches(INSTANCE_ID) instance?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(10_000_000) offset?: number;
}

export class ReplayRangeRequest {
  @MaxLength(40) @IsISO8601({ strict: true, strictSeparator: true }) from!: string;
  @MaxLength(40) @IsISO8601({ strict: true, strictSeparator: true }) to!: string;
}

export class ReplayRangeResponse {
  /** At most 500; ask again while it is that many. */
  @IsInt() replayed!: number;
}

export class DeliveryView {
  @IsString() id!: string;
  @IsString() event!: string;
  @IsString() instance_id!: string;
  @IsIn(STATUSES) status!: DeliveryStatus;
  /** Tries since it was recorded, or sent again by hand. */
  @IsInt() attempts!: number;
  @IsOptional() @IsString() next_attempt_at!: string | null;
  @IsOptional() @IsString() delivered_at!: string | null;
  @IsString() created_at!: string;
}

export class DeliveriesResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => DeliveryView) items!: DeliveryView[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}

export class DeliveryAttemptView {
  @IsInt() attempt!: number;
  @IsString() started_at!: string;
  @IsInt() duration_ms!: number;
  @IsOptional() @IsInt() http_status!: number | null;
  @IsOptional() @IsString() error!: string | null;
  @IsOptional() @IsString() response_excerpt!: string | null;
}

export class DeliveryDetailView extends DeliveryView {
  @IsArray() @ValidateNested({ each: true }) @Type(() => DeliveryAttemptView) attempt_log!: DeliveryAttemptView[];
}

@ApiTags('Console')
@ApiBearerAuth()
@Controller('console/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  /** Deliveries, newest first; dead letters with `status=dead`. */
  @Get()
  @Requires('operator')
  @ApiOkResponse({ type: DeliveriesResponse })
  async list(@Query() { status, instance, limit = 20, offset = 0 }: DeliveriesQuery): Promise<DeliveriesResponse> {
    const { items, count } = await this.deliveries.list({ status, instance, limit, offset });
    return { items: items.map(viewOf), count, limit, offset };
  }

  /** One delivery with every try. */
  @Get(':id')
  @Requires('operator')
  @ApiOkResponse({ type: DeliveryDetailView })
  async read(@Param('id') id: string): Promise<DeliveryDetailView> {
    const { delivery, attempts } = await this.deliveries.find(id);
    return Object.assign(viewOf(delivery), { attempt_log: attempts.map(attemptOf) });
  }

  /** Sends one again, at once. */
  @Post(':id/replay')
  @HttpCode(204)
  @Requires('operator')
  @ApiNoContentResponse()
  async replay(@Param('id') id: string, @OperatorActor() actor: string): Promise<void> {
    await this.deliveries.replay(id, actor);
  }

  /** Sends the dead letters of a time range again. */
  @Post('replay')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: ReplayRangeResponse })
  async replayRange(
    @Body() { from, to }: ReplayRangeRequest,
    @OperatorActor() actor: string,
  ): Promise<ReplayRangeResponse> {
    return { replayed: await this.deliveries.replayRange(new Date(from), new Date(to), actor) };
  }
}

function viewOf(delivery: ListedDelivery): DeliveryView {
  const { id, event, instanceId, status, attempts, nextAttemptAt, deliveredAt, createdAt } = delivery;
  return {
    id,
    event,
    instance_id: instanceId,
    status,
    attempts,
    next_attempt_at: nextAttemptAt?.toISOString() ?? null,
    delivered_at: deliveredAt?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
  };
}

function attemptOf(row: DeliveryAttempt): DeliveryAttemptView {
  const { attempt, startedAt, durationMs, httpStatus, error, responseExcerpt } = row;
  return {
    attempt,
    started_at: startedAt.toISOString(),
    duration_ms: durationMs,
    http_status: httpStatus,
    error,
    response_excerpt: responseExcerpt,
  };
}
