import { fastifyOf } from '@hansa/platform';
import { Controller, Headers, HttpCode, Post, Req, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#access';
import { InstallerError } from './installer.errors.js';
import { InstallerService } from './installer.service.js';
import { jobView, type JobView } from './job-view.js';
import { UploadPackage } from './upload-package.js';

const ZIP = 'application/zip';
const MAX_HEADER = 8_192;

@ApiTags('Plugins')
@Controller('admin/plugins')
export class UploadController implements OnModuleInit {
  constructor(
    private readonly uploads: UploadPackage,
    private readonly installer: InstallerService,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Zips are handed on as streams: whoever reads one counts its bytes, and no other route reads any. */
  onModuleInit(): void {
    // Operator commands have no HTTP.
    const fastify = fastifyOf(this.host);
    fastify?.addContentTypeParser(ZIP, (_request, payload, done) => done(null, payload));
  }

  /**
   * Installs a package from the admin's own disk. The body is the zip; `x-release-signature` is the content of its `.sig` and
   * `x-publisher-key` the publisher's public JWK in base64url. It is verified like one from the hub.
   */
  @Post('upload')
  @HttpCode(202)
  @Requires('admin')
  @ApiConsumes(ZIP)
  async upload(
    @Req() { body, adminId }: FastifyRequest,
    @Headers('x-release-signature') signature: string | undefined,
    @Headers('x-publisher-key') key: string | undefined,
  ): Promise<{ job: JobView }> {
    if (!isStream(body)) throw new InstallerError('PACKAGE_MISSING');
    const given = { bytes: body, signature: signature?.trim().slice(0, MAX_HEADER), key: readKey(key) };
    const { id } = await this.uploads.take(given, `admin:${adminId ?? 'unknown'}`);
    const { job, steps } = await this.installer.job(id);
    return { job: jobView(job, steps) };
  }
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function readKey(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text.slice(0, MAX_HEADER), 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: whatever it is, it is no key.
  }
  throw new InstallerError('PUBLISHER_KEY_UNREADABLE');
}
