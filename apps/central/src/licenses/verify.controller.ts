import { INSTANCE_REFERENCE, MARKETPLACE_ID, VerifyLicenseRequest, VerifyLicenseResponse } from '@hansa/contracts';
import {
  Clock,
  DomainError,
  Public,
  rateHeaders,
  RateLimiter,
  RequestError,
  strictValidation,
  type LaneAnswer,
  type LaneRefusal,
  fastifyOf,
  setHeaders,
} from '@hansa/platform';
import { parseLicenseKey } from '@hansa/trust';
import { Body, Controller, HttpCode, Post, Req, Res, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CentralConfig } from '#config';
import { GuessLimiter } from './guess-limiter.js';
import { LicensesService } from './licenses.service.js';

const decoder = new TextDecoder('utf-8', { fatal: true });
const PATH = 'store/marketplace/license';

/** The question shops ask most: no publishable key, no interceptor, one statement. */
@ApiTags('Licenses')
@Controller(PATH)
export class VerifyController implements OnModuleInit {
  private readonly byAddress = new RateLimiter();
  private readonly validation = strictValidation();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly licenses: LicensesService,
    private readonly byPrefix: GuessLimiter,
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    // Operator commands run without an HTTP server.
    const fastify = fastifyOf(this.adapterHost);
    fastify?.fastLane.post(`/${PATH}/verify`, (request) => {
      const question = readJson(request.body);
      return isPlainQuestion(question) ? this.answer(request.ip, question) : undefined;
    });
  }

  /** The verdict on a license; 200 whatever it is (federation.md §2). Only bodies that have to be explained get here. */
  @Post('verify')
  @HttpCode(200)
  @Public()
  @ApiBody({ type: VerifyLicenseRequest })
  @ApiOkResponse({ type: VerifyLicenseResponse })
  async verify(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { headers, ...answer } = await this.answer(request.ip, body);
    setHeaders(reply, headers);
    if ('refusal' in answer) throw answer.refusal;
    void reply.send(answer.body);
  }

  /** Counts the question by its address, then by the beginning of its key, and answers it. */
  private async answer(ip: string, body: unknown): Promise<LaneAnswer | LaneRefusal> {
    const nowMs = this.clock.now().getTime();
    const rate = this.byAddress.take(ip, this.config.rates.license, nowMs);
    const headers = rateHeaders(rate);
    if (!rate.allowed) return { refusal: new RequestError('RATE_LIMITED'), headers };
    try {
      const question = isPlainQuestion(body) ? body : await this.validate(body);
      const key = parseLicenseKey(question.license_key);
      const waitSeconds = key === null ? 0 : this.byPrefix.waitSeconds(key, nowMs);
      if (waitSeconds > 0) {
        headers.push('retry-after', String(waitSeconds));
        throw new RequestError('RATE_LIMITED');
      }
      const verdict = await this.licenses.verify(question, key);
      if (key !== null && !verdict.valid && verdict.reason === 'NOT_FOUND') this.byPrefix.countWrong(key, nowMs);
      headers.push('content-type', 'application/json; charset=utf-8');
      return { status: 200, headers, body: JSON.stringify(verdict) };
    } catch (error) {
      if (error instanceof DomainError) return { refusal: error as DomainError, headers };
      throw error;
    }
  }

  /** Says every way in which the body is not well-formed. @throws {RequestError} VALIDATION_FAILED */
  private async validate(body: unknown): Promise<VerifyLicenseRequest> {
    const read: unknown = await this.validation.transform(body, { type: 'body', metatype: VerifyLicenseRequest });
    return read as VerifyLicenseRequest;
  }
}

/** The rules of `VerifyLicenseRequest` without reflection, true only for bodies it accepts: most of what is asked. */
function isPlainQuestion(body: unknown): body is VerifyLicenseRequest {
  if (typeof body !== 'object' || body === null) return false;
  const { license_key: key, marketplace_id: id, instance_id: instance, ...rest } = body as Record<string, unknown>;
  return (
    isText(key, 64) &&
    isText(id, 104) &&
    MARKETPLACE_ID.test(id) &&
    isText(instance, 2_048) &&
    INSTANCE_REFERENCE.test(instance) &&
    Object.keys(rest).length === 0
  );
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    return undefined;
  }
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}
