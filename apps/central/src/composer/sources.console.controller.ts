import { rawBodyOf } from '@hansa/platform';
import { Public } from '@hansa/platform';
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { OperatorActor, Requires } from '#auth';
import type { ComposerSource } from './composer-source.entity.js';
import { PACKAGE_PREFIX } from './package-prefix.js';
import { SourcesService, type NewSource } from './sources.service.js';

export class AddSourceRequest {
  @IsString() @Length(1, 64) publisher_id!: string;
  /** https, or an absolute path of this machine. */
  @IsString() @Length(1, 500) url!: string;
  /** `user:password` for https. */
  @IsOptional() @IsString() @Matches(/^[\x21-\x7e]{1,128}:[\x21-\x7e]{1,512}$/) credential?: string | null;
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(150, { each: true })
  @Matches(PACKAGE_PREFIX, { each: true })
  prefixes!: string[];
  /** Whether branches become development versions. */
  @IsOptional() @IsBoolean() branches?: boolean | null;
  @IsOptional() @IsInt() @Min(1) @Max(10_080) interval_minutes?: number | null;
}

/** Git repositories that Composer versions come from (docs/protocol/composer.md §5). */
@ApiTags('Console')
@Controller('console/composer-sources')
export class SourcesController {
  constructor(private readonly sources: SourcesService) {}

  @Get()
  @Requires('operator')
  async list() {
    const items = (await this.sources.list()).map(({ source, problemCount }) => sourceView(source, problemCount));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Takes up a repository. The webhook secret is shown here and never again. */
  @Post()
  @Requires('operator')
  async add(
    @Body() request: AddSourceRequest,
    @OperatorActor() actor: string,
  ): Promise<{ id: string; webhook_secret: string }> {
    const { id, webhookSecret } = await this.sources.add(newSourceOf(request), actor);
    return { id, webhook_secret: webhookSecret };
  }

  /** A source and what is wrong with its tags and branches. */
  @Get(':id')
  @Requires('operator')
  async show(@Param('id') id: string) {
    const { source, problems } = await this.sources.find(id);
    const listed = problems.map(({ ref, commit, problem, movedTo, seenAt }) => ({
      ref,
      commit,
      problem,
      moved_to: movedTo,
      seen_at: seenAt.toISOString(),
    }));
    return { ...sourceView(source, listed.length), problems: listed };
  }

  /** Syncs it soon. */
  @Post(':id/sync')
  @HttpCode(202)
  @Requires('operator')
  async sync(@Param('id') id: string, @OperatorActor() actor: string): Promise<{ queued: true }> {
    await this.sources.sync(id, actor);
    return { queued: true };
  }

  /** Follows it no longer; its versions stay. */
  @Delete(':id')
  @HttpCode(204)
  @Requires('operator')
  async remove(@Param('id') id: string, @OperatorActor() actor: string): Promise<void> {
    await this.sources.remove(id, actor);
  }
}

/** Where a Git server says that somebody pushed. */
@ApiTags('Composer packages')
@Controller('webhooks/composer-sources')
export class SourcePushController {
  constructor(private readonly sources: SourcesService) {}

  /** Proves itself with the source's secret, as an HMAC over the body or as it is. */
  @Post(':id')
  @HttpCode(202)
  @Public()
  @RouteConfig({ rawBody: true })
  async pushed(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Headers('x-hub-signature-256') signature: string | undefined,
    @Headers('x-gitlab-token') token: string | undefined,
  ): Promise<{ queued: true }> {
    await this.sources.pushed(id, rawBodyOf(request), { signature, token });
    return { queued: true };
  }
}

/** What is asked for, in the words of the service. */
export function newSourceOf(request: AddSourceRequest): NewSource {
  const { publisher_id: publisherId, url, credential, prefixes } = request;
  const withBranches = request.branches ?? true;
  const intervalMinutes = request.interval_minutes ?? 60;
  return { publisherId, url, credential: credential ?? null, prefixes, withBranches, intervalMinutes };
}

/** A source as operators see it; `problem_count` is how many of its tags and branches something is wrong with. */
export function sourceView(source: ComposerSource, problemCount: number) {
  return {
    id: source.id,
    publisher_id: source.publisherId,
    url: source.url,
    prefixes: source.prefixes,
    branches: source.withBranches,
    interval_minutes: source.intervalMinutes,
    next_sync_at: source.nextSyncAt.toISOString(),
    last_synced_at: source.lastSyncedAt?.toISOString() ?? null,
    last_error: source.lastError,
    problem_count: problemCount,
  };
}
