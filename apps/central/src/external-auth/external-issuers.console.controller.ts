import { Body, Controller, Delete, Get, HttpCode, Param, ParseUUIDPipe, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { OperatorActor, Requires } from '#auth';
import {
  CreateExternalIssuerRequest,
  ExternalIssuerKeyResponse,
  ExternalIssuerResponse,
  UpdateExternalIssuerRequest,
} from './external-issuers.dto.js';
import { ExternalIssuers, type IssuerSettings } from './external-issuers.service.js';
import { IssuerError } from './external-auth.errors.js';
import type { Issuer } from './issuer.entity.js';

const DEFAULTS = {
  logoutUrl: null,
  defaultPath: '/portal',
  readerExitOrigins: [],
  maxLifeSeconds: 300,
  instanceId: null,
};

/** An id in a path; one that is no UUID names nothing. */
const Id = () => Param('id', new ParseUUIDPipe({ exceptionFactory: () => new IssuerError('ISSUER_NOT_FOUND') }));

@ApiTags('Console')
@Controller('console/external-issuers')
export class ExternalIssuersController {
  constructor(private readonly issuers: ExternalIssuers) {}

  /** Every issuer with the names of its keys. */
  @Get()
  @Requires('operator')
  async list() {
    const items = (await this.issuers.list()).map(({ issuer, kids }) => ({ ...viewOf(issuer), kids }));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Sets an issuer up. The key in the answer is shown nowhere else. */
  @Post()
  @Requires('operator')
  @ApiCreatedResponse({ type: ExternalIssuerResponse })
  async create(@Body() request: CreateExternalIssuerRequest, @OperatorActor() actor: string) {
    const settings = { ...DEFAULTS, ...settingsOf(request), redirectUrl: request.redirect_url };
    const { issuer, key } = await this.issuers.create(request.issuer, settings, actor);
    return { ...viewOf(issuer), key };
  }

  @Patch(':id')
  @Requires('operator')
  @ApiOkResponse({ type: ExternalIssuerResponse })
  async update(
    @Id() id: string,
    @Body() request: UpdateExternalIssuerRequest,
    @OperatorActor() actor: string,
  ): Promise<ExternalIssuerResponse> {
    return viewOf(await this.issuers.update(id, settingsOf(request), actor));
  }

  /** Refuses the issuer's tokens from here on. */
  @Delete(':id')
  @HttpCode(204)
  @Requires('operator')
  async disable(@Id() id: string, @OperatorActor() actor: string): Promise<void> {
    await this.issuers.disable(id, actor);
  }

  /** Makes a second key; the one before stays good until it is removed or a third is made. */
  @Post(':id/keys')
  @Requires('operator')
  @ApiCreatedResponse({ type: ExternalIssuerKeyResponse })
  async addKey(@Id() id: string, @OperatorActor() actor: string): Promise<ExternalIssuerKeyResponse> {
    return this.issuers.addKey(id, actor);
  }

  /** Ends one of two keys at once. */
  @Delete(':id/keys/:kid')
  @HttpCode(204)
  @Requires('operator')
  async removeKey(@Id() id: string, @Param('kid') kid: string, @OperatorActor() actor: string): Promise<void> {
    await this.issuers.removeKey(id, kid, actor);
  }
}

function settingsOf(request: UpdateExternalIssuerRequest): Partial<IssuerSettings> {
  const settings = {
    redirectUrl: request.redirect_url,
    logoutUrl: request.logout_url,
    defaultPath: request.default_path,
    readerExitOrigins: request.reader_exit_origins,
    maxLifeSeconds: request.max_life_seconds,
    instanceId: request.instance_id,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function viewOf(issuer: Issuer) {
  return {
    id: issuer.id,
    issuer: issuer.issuer,
    redirect_url: issuer.redirectUrl,
    logout_url: issuer.logoutUrl,
    default_path: issuer.defaultPath,
    reader_exit_origins: issuer.readerExitOrigins,
    max_life_seconds: issuer.maxLifeSeconds,
    instance_id: issuer.instanceId,
    created_at: issuer.createdAt.toISOString(),
    disabled_at: issuer.disabledAt?.toISOString() ?? null,
  };
}
