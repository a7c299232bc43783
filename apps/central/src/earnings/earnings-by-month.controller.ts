import { EarningsByMonth } from '@hansa/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { PublisherId, Requires } from '#auth';
import { listMonths } from './earnings-by-month.js';

@ApiTags('Publisher')
@ApiBearerAuth()
@Controller('publisher/earnings/months')
export class EarningsByMonthController {
  constructor(private readonly dataSource: DataSource) {}

  /** The publisher's share by month and currency, oldest first; months without a posting are not named. */
  @Get()
  @Requires('publisher')
  @ApiOkResponse({ type: EarningsByMonth })
  async read(@PublisherId() publisherId: string): Promise<EarningsByMonth> {
    return { items: await listMonths(this.dataSource, publisherId) };
  }
}
