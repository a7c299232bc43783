import { PageOf, PageQuery } from '@hansa/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { DataSource } from 'typeorm';
import { Requires } from '#auth';
import { StripeEventRow } from './stripe-event.entity.js';
import { StripeReconciliationRow } from './stripe-reconciliation.entity.js';

export class StripeEventsQuery extends PageQuery {
  /** Only those that were not believed. */
  @IsOptional() @Transform(({ value }) => (value === 'true' ? true : (value as unknown))) @IsBoolean() refused?: true;
}
export class StripeEventView {
  @IsString() id!: string;
  @IsString() type!: string;
  @IsString() received_at!: string;
  @IsOptional() @IsString() handled_at!: string | null;
  /** What came of it; why it was refused. */
  @IsOptional() @IsString() outcome!: string | null;
  @IsBoolean() refused!: boolean;
}
export class StripeEventsResponse extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => StripeEventView) items!: StripeEventView[];
}
export class ReconciliationView {
  @IsString() since!: string;
  @IsString() until!: string;
  @IsInt() events!: number;
  @IsInt() sessions!: number;
  /** Ids of what the hub had not heard. */
  @IsArray() @IsString({ each: true }) recovered!: string[];
}
export class ReconciliationsResponse extends PageOf {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ReconciliationView) items!: ReconciliationView[];
}

/** What Stripe said and what came of it. What it is about is shown to nobody: bodies carry addresses. */
@ApiTags('Console')
@ApiBearerAuth()
@Controller('console')
export class StripeEventsController {
  constructor(private readonly dataSource: DataSource) {}

  /** Events, newest first. */
  @Get('stripe-events')
  @Requires('operator')
  @ApiOkResponse({ type: StripeEventsResponse })
  async events(@Query() { limit = 20, offset = 0, refused }: StripeEventsQuery): Promise<StripeEventsResponse> {
    const [rows, count] = await this.dataSource.manager.findAndCount(StripeEventRow, {
      select: { id: true, type: true, receivedAt: true, handledAt: true, outcome: true, isRefused: true },
      where: refused ? { isRefused: true } : {},
      order: { receivedAt: 'DESC', id: 'ASC' },
      take: limit,
      skip: offset,
    });
    const items = rows.map(({ id, type, receivedAt, handledAt, outcome, isRefused }) => ({
      id,
      type,
      received_at: receivedAt.toISOString(),
      handled_at: handledAt?.toISOString() ?? null,
      outcome,
      refused: isRefused,
    }));
    return { items, count, limit, offset };
  }

  /** Looks at Stripe for what was not heard, newest first. */
  @Get('reconciliations')
  @Requires('operator')
  @ApiOkResponse({ type: ReconciliationsResponse })
  async reconciliations(@Query() { limit = 20, offset = 0 }: PageQuery): Promise<ReconciliationsResponse> {
    const [rows, count] = await this.dataSource.manager.findAndCount(StripeReconciliationRow, {
      order: { id: 'DESC' },
      take: limit,
      skip: offset,
    });
    const items = rows.map(({ since, until, events, sessions, recovered }) => ({
      since: since.toISOString(),
      until: until.toISOString(),
      events,
      sessions,
      recovered,
    }));
    return { items, count, limit, offset };
  }
}
