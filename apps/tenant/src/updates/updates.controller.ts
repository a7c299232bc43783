import { Body, Controller, Get, HttpCode, Post, Put, Req } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#access';
import { UpdatePolicy } from './update-policy.js';
import { UpdatePolicyService } from './update-policy.service.js';
import { UpdatesService, type UpdateAllOutcome, type UpdatesView } from './updates.service.js';

/** Body of `POST /admin/plugins/update-all`. */
export class UpdateAllRequest {
  /** Whether major steps are taken too. */
  @IsOptional() @IsBoolean() include_major?: boolean;
}

@ApiTags('Plugins')
@Controller('admin/plugins')
export class UpdatesController {
  constructor(
    private readonly updates: UpdatesService,
    private readonly policies: UpdatePolicyService,
  ) {}

  /** What is newer than what is installed, and what the policy says about each version and why. */
  @Get('check-updates')
  @Requires('admin')
  async check(): Promise<UpdatesView> {
    return this.updates.check();
  }

  /** Orders every update the policy does not forbid, whatever it says about when. */
  @Post('update-all')
  @HttpCode(202)
  @Requires('admin')
  async updateAll(
    @Body() { include_major: includeMajor = false }: UpdateAllRequest,
    @Req() { adminId }: FastifyRequest,
  ): Promise<{ items: readonly UpdateAllOutcome[] }> {
    return { items: await this.updates.updateAll(includeMajor, actorOf(adminId)) };
  }

  /** What is installed by itself, and when. */
  @Get('update-policy')
  @Requires('admin')
  @ApiOkResponse({ type: UpdatePolicy })
  async policy(): Promise<UpdatePolicy> {
    return this.policies.current();
  }

  /** Replaces the whole policy. */
  @Put('update-policy')
  @Requires('admin')
  @ApiOkResponse({ type: UpdatePolicy })
  async savePolicy(@Body() policy: UpdatePolicy, @Req() { adminId }: FastifyRequest): Promise<UpdatePolicy> {
    return this.policies.save(policy, actorOf(adminId));
  }
}

function actorOf(adminId: string | undefined): string {
  return `admin:${adminId ?? 'unknown'}`;
}
