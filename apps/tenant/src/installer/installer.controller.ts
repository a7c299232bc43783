import { MARKETPLACE_ID, SEMVER } from '@hansa/contracts';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Sse,
  type MessageEvent,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches, MaxLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { from, type Observable } from 'rxjs';
import { Requires } from '#access';
import { pageOf, PageQuery, type Page } from '#database';
import { InstallerService } from './installer.service.js';
import { jobView, type JobView } from './job-view.js';

/** Body of `POST /admin/plugins/install`. */
export class InstallRequest {
  @MaxLength(110) @Matches(MARKETPLACE_ID) marketplace_id!: string;
  /** The newest when left out. */
  @IsOptional() @MaxLength(128) @Matches(SEMVER) version?: string;
}

/** Body of `POST /admin/plugins/{id}/update`. */
export class UpdateRequest {
  /** The newest when left out. */
  @IsOptional() @MaxLength(128) @Matches(SEMVER) version?: string;
}

/** Body of `POST /admin/plugins/{id}/rollback`. */
export class RollbackRequest {
  /** The release before when left out. */
  @IsOptional() @MaxLength(128) @Matches(SEMVER) version?: string;
}

/** Query of `DELETE /admin/plugins/{id}`. */
export class UninstallQuery {
  @IsOptional() @IsIn(['keep', 'drop']) data?: 'keep' | 'drop';
  @IsOptional() @IsIn(['keep', 'release']) license?: 'keep' | 'release';
}

/** Query of `GET /admin/plugins/jobs`. */
export class JobsQuery extends PageQuery {
  /** Of one package only. */
  @IsOptional() @MaxLength(110) @Matches(MARKETPLACE_ID) marketplace_id?: string;
}

/** How often a followed job is looked at. */
const FOLLOW_MS = 200;

@ApiTags('Plugins')
@Controller('admin/plugins')
export class InstallerController {
  constructor(private readonly installer: InstallerService) {}

  /** Has a package installed. Paid and unlicensed: 402 with what a checkout needs. */
  @Post('install')
  @HttpCode(202)
  @Requires('admin')
  async install(@Body() request: InstallRequest, @Req() { adminId }: FastifyRequest): Promise<{ job: JobView }> {
    const job = await this.installer.requestInstall(request.marketplace_id, request.version, actorOf(adminId));
    return { job: await this.view(job.id) };
  }

  @Post(':id/update')
  @HttpCode(202)
  @Requires('admin')
  async update(
    @Param('id') id: string,
    @Body() { version }: UpdateRequest,
    @Req() { adminId }: FastifyRequest,
  ): Promise<{ job: JobView }> {
    const job = await this.installer.requestUpdate(id, version, actorOf(adminId));
    return { job: await this.view(job.id) };
  }

  /** Has a plugin go back to a release that ran before and is kept, code and schema. */
  @Post(':id/rollback')
  @HttpCode(202)
  @Requires('admin')
  async rollBack(
    @Param('id') id: string,
    @Body() { version }: RollbackRequest,
    @Req() { adminId }: FastifyRequest,
  ): Promise<{ job: JobView }> {
    const job = await this.installer.requestRollback(id, version, actorOf(adminId));
    return { job: await this.view(job.id) };
  }

  /** Removes a plugin; its data and its license stay unless the query says otherwise. */
  @Delete(':id')
  @HttpCode(204)
  @Requires('admin')
  async uninstall(
    @Param('id') id: string,
    @Query() { data = 'keep', license = 'keep' }: UninstallQuery,
    @Req() { adminId }: FastifyRequest,
  ): Promise<void> {
    await this.installer.uninstall(id, { data, license }, actorOf(adminId));
  }

  /** What was and is being installed, updated and taken back; newest first. */
  @Get('jobs')
  @Requires('admin')
  async jobs(@Query() query: JobsQuery): Promise<Page<JobView>> {
    const { jobs, count } = await this.installer.jobs(query, query.marketplace_id);
    const { take, skip } = pageOf(query);
    return { items: jobs.map(({ job, steps }) => jobView(job, steps)), count, limit: take, offset: skip };
  }

  @Get('jobs/:id')
  @Requires('admin')
  async job(@Param('id') id: string): Promise<JobView> {
    return this.view(id);
  }

  /** Server-sent events: `step` and `progress` as they happen, then one `outcome`, and the stream ends. */
  @Sse('jobs/:id/events')
  @Requires('admin')
  async events(@Param('id') id: string): Promise<Observable<MessageEvent>> {
    return from(follow(() => this.view(id), await this.view(id)));
  }

  private async view(id: string): Promise<JobView> {
    const { job, steps } = await this.installer.job(id);
    return jobView(job, steps);
  }
}

/** Tells what changes about a job until it ends. A job may be worked on by another process, so it is looked at, not listened to. */
async function* follow(look: () => Promise<JobView>, first: JobView): AsyncGenerator<MessageEvent> {
  let stepsTold = 0;
  let bytesTold = -1;
  for (let job = first; ; job = await look()) {
    for (const step of job.steps.slice(stepsTold)) yield { type: 'step', data: step };
    stepsTold = job.steps.length;
    if (job.bytes_done !== bytesTold)
      yield { type: 'progress', data: { bytes_done: job.bytes_done, bytes_total: job.bytes_total } };
    bytesTold = job.bytes_done;
    if (job.outcome !== null) {
      yield {
        type: 'outcome',
        data: { outcome: job.outcome, code: job.code, message: job.message, plugin_id: job.plugin_id },
      };
      return;
    }
    await new Promise((done) => setTimeout(done, FOLLOW_MS));
  }
}

function actorOf(adminId: string | undefined): string {
  return `admin:${adminId ?? 'unknown'}`;
}
