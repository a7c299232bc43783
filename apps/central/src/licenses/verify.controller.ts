import { INSTANCE_REFERENCE, MARKETPLACE_ID, VerifyLicenseRequest, VerifyLicenseResponse } from '@hansa/contracts';
import { Clock, Public, rateHeaders, RateLimiter, RequestError, strictValidation } from '@hansa/platform';
import { parseLicenseKey } from '@hansa/trust';
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CentralConfig } from '#config';
import { GuessLimiter } from './guess-limiter.js';
import { LicensesService } from './licenses.service.js';

/** The question shops ask most: no publishable key, no interceptor, one statement. */
@ApiTags('Licenses')
@Controller('store/marketplace/license')
export class VerifyController {
  private readonly byAddress = new RateLimiter();
  private readonly byPrefix = new GuessLimiter();
  private readonly validation = strictValidation();

  constructor(
    private readonly licenses: LicensesService,
    private readonly config: CentralConfig,
    private readonly clock: Clock,
  ) {}

  /** The verdict on a license; 200 whatever it is (federation.md §2). */
  @Post('verify')
  @HttpCode(200)
  @Public()
  @ApiBody({ type: VerifyLicenseRequest })
  @ApiOkResponse({ type: VerifyLicenseResponse })
  async verify(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const nowMs = this.clock.now().getTime();
    const rate = this.byAddress.take(request.ip, this.config.rates.license, nowMs);
    void reply.headers(rateHeaders(rate));
    if (!rate.allowed) throw new RequestError('RATE_LIMITED');

    const question = isPlainQuestion(body) ? body : await this.validate(body);
    const key = parseLicenseKey(question.license_key);
    const waitSeconds = key === null ? 0 : this.byPrefix.waitSeconds(key, nowMs);
    if (waitSeconds > 0) {
      void reply.header('retry-after', String(waitSeconds));
      throw new RequestError('RATE_LIMITED');
    }
    const verdict = await this.licenses.verify(question);
    if (key !== null && verdict.reason === 'NOT_FOUND') this.byPrefix.countWrong(key, nowMs);
    void reply.type('application/json; charset=utf-8').send(JSON.stringify(verdict));
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

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}
