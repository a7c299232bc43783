import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Requires } from '#access';
import { Notification, type Severity } from '#audit';
import { pageOf, PageQuery, type Page } from '#database';
import { EgressEntry } from '#egress';

interface NotificationView {
  readonly id: string;
  readonly at: string;
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly subject: string;
}

interface EgressView {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly fields: readonly string[];
  readonly bytes: number;
  readonly status: number | null;
  readonly failure: string | null;
  readonly duration_ms: number | null;
}

@ApiTags('Admin')
@Controller('admin')
export class RecordsController {
  constructor(private readonly dataSource: DataSource) {}

  /** What the admins should know, newest first. */
  @Get('notifications')
  @Requires('admin')
  async notifications(@Query() query: PageQuery): Promise<Page<NotificationView>> {
    const { take, skip } = pageOf(query);
    const [rows, count] = await this.dataSource.manager.findAndCount(Notification, {
      order: { id: 'DESC' },
      take,
      skip,
    });
    const items = rows.map(({ id, at, code, severity, message, subject }) => ({
      id,
      at: at.toISOString(),
      code,
      severity,
      message,
      subject,
    }));
    return { items, count, limit: take, offset: skip };
  }

  /** Every request that left the shop, newest first: names and sizes, never values (federation.md §7). */
  @Get('egress')
  @Requires('admin')
  async egress(@Query() query: PageQuery): Promise<Page<EgressView>> {
    const { take, skip } = pageOf(query);
    const [rows, count] = await this.dataSource.manager.findAndCount(EgressEntry, {
      order: { id: 'DESC' },
      take,
      skip,
    });
    const items = rows.map(({ at, durationMs, ...row }) => ({ ...row, at: at.toISOString(), duration_ms: durationMs }));
    return { items, count, limit: take, offset: skip };
  }
}
