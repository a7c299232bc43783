import { AuditLog, AuditQuery } from '@hansa/contracts';
import { partOf } from '@hansa/platform';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { And, DataSource, LessThan, MoreThanOrEqual } from 'typeorm';
import { AuditEntry } from '#audit';
import { Requires } from '#auth';

const FOREVER = { from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' };

@ApiTags('Console')
@ApiBearerAuth()
@Controller('console/audit')
export class AuditController {
  constructor(private readonly dataSource: DataSource) {}

  /** Who did what to what, latest first. */
  @Get()
  @Requires('operator')
  @ApiOkResponse({ type: AuditLog })
  async list(@Query() query: AuditQuery): Promise<AuditLog> {
    const { actor, action, subject, from, to } = query;
    const during = And(MoreThanOrEqual(new Date(from ?? FOREVER.from)), LessThan(new Date(to ?? FOREVER.to)));
    const { limit, offset } = partOf(query);
    const [entries, count] = await this.dataSource.manager.findAndCount(AuditEntry, {
      where: {
        ...(actor === undefined ? {} : { actor }),
        ...(action === undefined ? {} : { action }),
        ...(subject === undefined ? {} : { subject }),
        ...(from === undefined && to === undefined ? {} : { at: during }),
      },
      order: { id: 'DESC' },
      take: limit,
      skip: offset,
    });
    return { items: entries.map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() })), count, limit, offset };
  }
}
