import { randomBytes } from 'node:crypto';
import { Clock, inTransaction, SecretBox } from '@hansa/platform';
import {
  licenseRequestText,
  parseLicenseKey,
  readLicenseResponse,
  signLicenseRequest,
  TrustError,
  verifyLicenseToken,
  type LicenseClaims,
  type LicenseResponse,
  type TrustErrorCode,
} from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { TenantConfig } from '#config';
import { HubService, InstanceService } from '#hub';
import { LicenseRequest } from './license-request.entity.js';
import { License } from './license.entity.js';
import { LicenseError } from './licenses.errors.js';
import { LicensesService } from './licenses.service.js';
import { RevocationsService } from './revocations.service.js';
import { noteTime } from './shop-clock.js';

/** Requests older than this are answered by nobody any more. */
const KEPT_MS = 60 * 24 * 60 * 60 * 1_000;

const CODES: Partial<Record<TrustErrorCode, LicenseError['code']>> = {
  SIGNATURE_MISMATCH: 'RESPONSE_ALTERED',
  KEY_UNKNOWN: 'RESPONSE_KEY_UNKNOWN',
  TOKEN_EXPIRED: 'RESPONSE_EXPIRED',
  TOKEN_NOT_YET_VALID: 'RESPONSE_NOT_YET_VALID',
};
const CODES_OF_CLAIMS: Readonly<Record<string, LicenseError['code']>> = {
  iss: 'RESPONSE_OF_OTHER_HUB',
  aud: 'RESPONSE_FOR_OTHER_SHOP',
  marketplace_id: 'RESPONSE_FOR_OTHER_LICENSE',
};

/** Licenses for a shop without a line to its hub: what it asks is carried there, and the answer back (licenses.md §4). */
@Injectable()
export class OfflineLicenses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: TenantConfig,
    private readonly secretBox: SecretBox,
    private readonly hub: HubService,
    private readonly instance: InstanceService,
    private readonly licenses: LicensesService,
    private readonly revocations: RevocationsService,
  ) {}

  /**
   * Makes a request for one package, with the key of the license it holds unless another is given. An earlier request for the
   * package can no longer be answered.
   *
   * @throws {LicenseError} LICENSE_KEY_MALFORMED or LICENSE_KEY_REQUIRED
   * @throws {HubError} FEDERATION_NOT_CONFIGURED
   */
  async request(
    marketplaceId: string,
    givenKey: string | undefined,
    actor: string,
  ): Promise<{ readonly id: string; readonly request: string; readonly text: string }> {
    const licenseKey = await this.keyOf(marketplaceId, givenKey);
    const { id: instanceId, privateJwk } = await this.instance.identity();
    const { environment } = this.config.instance;
    const hubUrl = this.hub.url;
    const id = randomBytes(8).toString('hex');
    const now = this.clock.now();
    const asked = { sub: instanceId, aud: hubUrl, license_key: licenseKey, environment, jti: id };
    const request = await signLicenseRequest(asked, privateJwk, now);
    await inTransaction(this.dataSource, async (tx) => {
      await tx.delete(LicenseRequest, { createdAt: LessThan(new Date(now.getTime() - KEPT_MS)) });
      const keySealed = this.secretBox.seal(licenseKey, contextOf(id));
      await tx.insert(LicenseRequest, { id, hubUrl, marketplaceId, keySealed, createdAt: now });
      await recordAudit(tx, { at: now, actor, action: 'license.requested_offline', subject: marketplaceId });
    });
    return { id, request, text: licenseRequestText(request) };
  }

  /**
   * Takes the hub's answer to the newest request for a package, by the rules of an answer that came over the line. The same
   * answer again changes nothing.
   *
   * @throws {LicenseError} RESPONSE_… or REVOCATIONS_REFUSED, with the license unchanged
   * @throws {HubError} FEDERATION_NOT_CONFIGURED, or HUB_UNREACHABLE while no key of the hub is known
   */
  async accept(text: string, actor: string): Promise<LicenseClaims> {
    const response = readResponse(text);
    const asked = await this.dataSource.manager.findOneBy(LicenseRequest, {
      id: response.request,
      hubUrl: this.hub.url,
    });
    if (!asked) throw new LicenseError('RESPONSE_NOT_ASKED');
    const { claims, token } = await this.verify(response, asked);
    await this.acceptRevocations(response.revocations);
    await inTransaction(this.dataSource, (tx) => this.keep(tx, { asked, claims, token, actor }));
    return claims;
  }

  private async keep(
    tx: EntityManager,
    answer: {
      readonly asked: LicenseRequest;
      readonly claims: LicenseClaims;
      readonly token: string;
      readonly actor: string;
    },
  ): Promise<void> {
    const { asked, claims, token, actor } = answer;
    const { id, marketplaceId } = asked;
    const licenseKey = this.secretBox.open(asked.keySealed, contextOf(id)).toString();
    const held = await tx.findOne(License, { where: { marketplaceId }, lock: { mode: 'pessimistic_write' } });
    // An older answer would take back what a newer one said: its revocation, or the end of its term.
    const [newest] = await tx.find(LicenseRequest, { where: { marketplaceId }, order: { number: 'DESC' }, take: 1 });
    // Tokens are dated in whole seconds.
    const isOlder = Math.floor((held?.wordAt?.getTime() ?? 0) / 1_000) > claims.iat;
    if (newest?.id !== id || isOlder) throw new LicenseError('RESPONSE_OUTDATED');
    if (held?.token === token) return;
    const isSameKey = held !== null && (await this.licenses.keyFor(marketplaceId)) === licenseKey;
    if (isSameKey && held.licenseId !== null && held.licenseId !== claims.sub)
      throw new LicenseError('RESPONSE_FOR_OTHER_LICENSE');
    await this.licenses.keep(
      tx,
      { marketplaceId, licenseKey, licenseId: claims.sub, kind: claims.kind, token },
      claims,
    );
    const at = this.clock.now();
    await recordAudit(tx, { at, actor, action: 'license.answered_offline', subject: marketplaceId });
  }

  private async verify(
    response: LicenseResponse,
    { marketplaceId }: LicenseRequest,
  ): Promise<{ readonly claims: LicenseClaims; readonly token: string }> {
    const { id: instanceId } = await this.instance.identity();
    const issuer = this.hub.url;
    const keys = await this.hub.licenseKeys();
    const now = this.clock.now();
    // A clock that was moved back must not make an expired answer good again.
    const latest = await inTransaction(this.dataSource, (tx) => noteTime(tx, now));
    try {
      const token = response.token({ issuer, instanceId, marketplaceId, keys });
      const claims = await verifyLicenseToken(token, keys, { issuer, instanceId, marketplaceId }, latest);
      return { claims, token };
    } catch (cause) {
      if (cause instanceof TrustError) throw refusalOf(cause as TrustError);
      throw cause;
    }
  }

  /** That the shop has seen a newer list is no reason to refuse what came with an older one. */
  private async acceptRevocations(jws: string | null): Promise<void> {
    if (jws === null) return;
    await this.revocations.accept(jws).catch((error: unknown) => {
      if (!(error instanceof LicenseError) || error.code !== 'REVOCATIONS_OUTDATED') throw error;
    });
  }

  private async keyOf(marketplaceId: string, given: string | undefined): Promise<string> {
    const key = given ?? (await this.licenses.keyFor(marketplaceId));
    if (key === null) throw new LicenseError('LICENSE_KEY_REQUIRED');
    const canonical = parseLicenseKey(key);
    if (canonical === null) throw new LicenseError('LICENSE_KEY_MALFORMED');
    return canonical;
  }
}

function readResponse(text: string): LicenseResponse {
  try {
    return readLicenseResponse(text);
  } catch (cause) {
    if (cause instanceof TrustError) throw refusalOf(cause as TrustError);
    throw cause;
  }
}

function refusalOf(cause: TrustError): LicenseError {
  const { code, field = '' } = cause;
  if (code === 'TEXT_MISTYPED') {
    return new LicenseError('RESPONSE_MISTYPED', { line: Number(field.replace('line ', '')) }, { cause });
  }
  const known = code === 'TOKEN_MISMATCH' ? CODES_OF_CLAIMS[field] : CODES[code];
  return new LicenseError(known ?? 'RESPONSE_MALFORMED', {}, { cause });
}

function contextOf(requestId: string): string {
  return `license-request:${requestId}`;
}
