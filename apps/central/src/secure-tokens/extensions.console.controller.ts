import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { OperatorActor, Requires } from '#auth';
import {
  ExtensionResponse,
  ExtensionShopsResponse,
  ExtensionsResponse,
  InstallExtensionRequest,
  RegisterExtensionRequest,
  ReplaceExtensionRequest,
} from './extensions.dto.js';
import { Extensions, type ExtensionSettings, type RegisteredExtension } from './extensions.service.js';

@ApiTags('Console')
@Controller('console/extensions')
export class ExtensionsController {
  constructor(private readonly extensions: Extensions) {}

  /** Every extension, by id. */
  @Get()
  @Requires('operator')
  @ApiOkResponse({ type: ExtensionsResponse })
  async list(): Promise<ExtensionsResponse> {
    return whole((await this.extensions.list()).map(viewOf));
  }

  /** Registers an extension; no shop has it yet. */
  @Post()
  @Requires('operator')
  @ApiCreatedResponse({ type: ExtensionResponse })
  async register(
    @Body() request: RegisterExtensionRequest,
    @OperatorActor() actor: string,
  ): Promise<ExtensionResponse> {
    return viewOf(await this.extensions.register(request.id, settingsOf(request), actor));
  }

  /** Replaces its settings; `enabled: false` stops its tokens in every shop. */
  @Put(':id')
  @Requires('operator')
  @ApiOkResponse({ type: ExtensionResponse })
  async replace(
    @Param('id') id: string,
    @Body() request: ReplaceExtensionRequest,
    @OperatorActor() actor: string,
  ): Promise<ExtensionResponse> {
    return viewOf(await this.extensions.replace(id, settingsOf(request), request.enabled ?? true, actor));
  }

  /** The shops that have it, latest first. */
  @Get(':id/installations')
  @Requires('operator')
  @ApiOkResponse({ type: ExtensionShopsResponse })
  async shops(@Param('id') id: string): Promise<ExtensionShopsResponse> {
    const shops = await this.extensions.shopsOf(id);
    return whole(
      shops.map(({ instanceId, baseUrl, installedAt, disabledAt }) => ({
        instance_id: instanceId,
        base_url: baseUrl,
        installed_at: installedAt.toISOString(),
        enabled: disabledAt === null,
      })),
    );
  }

  /** Gives a shop the extension. */
  @Put(':id/installations/:instanceId')
  @HttpCode(204)
  @Requires('operator')
  async install(
    @Param('id') id: string,
    @Param('instanceId') instanceId: string,
    @Body() { enabled }: InstallExtensionRequest,
    @OperatorActor() actor: string,
  ): Promise<void> {
    await this.extensions.install(id, instanceId, enabled ?? true, actor);
  }

  /** Takes it away again. */
  @Delete(':id/installations/:instanceId')
  @HttpCode(204)
  @Requires('operator')
  async uninstall(
    @Param('id') id: string,
    @Param('instanceId') instanceId: string,
    @OperatorActor() actor: string,
  ): Promise<void> {
    await this.extensions.uninstall(id, instanceId, actor);
  }
}

function settingsOf(request: ReplaceExtensionRequest): ExtensionSettings {
  return {
    name: request.name,
    apiOrigins: request.api_origins,
    frontendOrigins: request.frontend_origins,
    frontendUrl: request.frontend_url ?? null,
    marketplaceId: request.marketplace_id ?? null,
  };
}

function whole<T>(items: T[]) {
  return { items, count: items.length, limit: items.length, offset: 0 };
}

function viewOf({ extension, marketplaceId }: RegisteredExtension): ExtensionResponse {
  return {
    id: extension.id,
    name: extension.name,
    package_id: extension.packageId,
    marketplace_id: marketplaceId,
    api_origins: extension.apiOrigins,
    frontend_origins: extension.frontendOrigins,
    frontend_url: extension.frontendUrl,
    created_at: extension.createdAt.toISOString(),
    disabled_at: extension.disabledAt?.toISOString() ?? null,
  };
}
