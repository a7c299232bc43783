import { Jobs, JobsQuery } from '@hansa/contracts';
import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { OperatorActor, Requires } from '#auth';
import { JobsService } from './jobs.service.js';
import { OversightError } from './oversight.errors.js';

/** A number PostgreSQL takes for a bigint. */
const JOB_ID = /^[1-9]\d{0,17}$/;

@ApiTags('Console')
@ApiBearerAuth()
@Controller('console/jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  /** Jobs that are not done, soonest first; given up ones with `state=failed`. */
  @Get()
  @Requires('operator')
  @ApiOkResponse({ type: Jobs })
  async list(@Query() query: JobsQuery): Promise<Jobs> {
    return this.jobs.list(query);
  }

  /** Tries one again at once. */
  @Post(':id/retry')
  @HttpCode(204)
  @Requires('operator')
  @ApiNoContentResponse()
  async retry(@Param('id') id: string, @OperatorActor() actor: string): Promise<void> {
    if (!JOB_ID.test(id)) throw new OversightError('JOB_NOT_FOUND');
    await this.jobs.retry(id, actor);
  }
}
