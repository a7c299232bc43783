import { MARKETPLACE_ID } from '@hansa/contracts';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#access';
import { OfflineLicenses } from './offline-licenses.service.js';

export class MakeLicenseRequest {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  /** Left out for the license this shop holds already. */
  @IsOptional() @IsString() @Length(1, 64) license_key?: string;
}
/** As it stands it is the file that is carried to the hub. Whoever has it has the license key: treat it so. */
export class LicenseRequestFile {
  @IsString() license_request!: string;
  /** The same in a form that can be typed. */
  @IsString() text!: string;
  @IsString() request_id!: string;
}
export class ImportLicenseResponse {
  /** The file of the hub as it stands, or its short form. */
  @IsString() @Length(1, 1_000_000) response!: string;
}
export class ImportedLicense {
  @IsString() marketplace_id!: string;
  @IsString() license_id!: string;
  @IsString() kind!: string;
  /** Until when the answer carries the plugin; carry another request over before. */
  @IsString() good_until!: string;
}

@ApiTags('Admin')
@Controller('admin/marketplace/licenses')
export class OfflineLicensesController {
  constructor(private readonly offline: OfflineLicenses) {}

  /** Makes a license request for a shop that cannot reach its hub; it is answered in the merchant portal or by the hub's operator. */
  @Post('requests')
  @Requires('admin')
  @ApiCreatedResponse({ type: LicenseRequestFile })
  async request(
    @Body() { marketplace_id: marketplaceId, license_key: key }: MakeLicenseRequest,
    @Req() { adminId }: FastifyRequest,
  ): Promise<LicenseRequestFile> {
    const { id, request, text } = await this.offline.request(marketplaceId, key, actorOf(adminId));
    return { license_request: request, text, request_id: id };
  }

  /** Takes the hub's answer to such a request. */
  @Post('responses')
  @HttpCode(200)
  @Requires('admin')
  @ApiOkResponse({ type: ImportedLicense })
  async accept(
    @Body() { response }: ImportLicenseResponse,
    @Req() { adminId }: FastifyRequest,
  ): Promise<ImportedLicense> {
    const { marketplace_id, sub, kind, exp } = await this.offline.accept(response, actorOf(adminId));
    return { marketplace_id, license_id: sub, kind, good_until: new Date(exp * 1_000).toISOString() };
  }
}

function actorOf(adminId: string | undefined): string {
  return `admin:${adminId ?? 'unknown'}`;
}
