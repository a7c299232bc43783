import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { DataSource } from 'typeorm';
import { Requires } from '#auth';
import { listMails } from '#mail';

const STATES = ['queued', 'sent', 'refused'] as const;

export class MailsQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(10_000_000) offset?: number;
}

export class MailView {
  @IsString() id!: string;
  @IsString() template!: string;
  @IsString() recipient!: string;
  @IsIn(STATES) status!: (typeof STATES)[number];
  @IsString() queued_at!: string;
  @IsOptional() @IsString() sent_at!: string | null;
  /** Code of the last failure. */
  @IsOptional() @IsString() error!: string | null;
}

export class MailsResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => MailView) items!: MailView[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}

@ApiTags('Console')
@ApiBearerAuth()
@Controller('console/mails')
export class MailsController {
  constructor(private readonly dataSource: DataSource) {}

  /** Letters the hub wrote, newest first. What they say is shown to nobody. */
  @Get()
  @Requires('operator')
  @ApiOkResponse({ type: MailsResponse })
  async list(@Query() { limit = 20, offset = 0 }: MailsQuery): Promise<MailsResponse> {
    const { items, count } = await listMails(this.dataSource.manager, { limit, offset });
    const views = items.map(({ id, template, recipient, queuedAt, sentAt, refusedAt, error }) => ({
      id,
      template,
      recipient,
      status: sentAt ? ('sent' as const) : refusedAt ? ('refused' as const) : ('queued' as const),
      queued_at: queuedAt.toISOString(),
      sent_at: sentAt?.toISOString() ?? null,
      error,
    }));
    return { items: views, count, limit, offset };
  }
}
