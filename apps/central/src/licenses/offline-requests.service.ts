import { Clock, inTransaction, RequestError } from '@hansa/platform';
import {
  licenseResponseText,
  TrustError,
  verifyLicenseRequest,
  type LicenseRequestClaims,
  type TrustErrorCode,
} from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import { CentralConfig } from '#config';
import { InstanceError, InstancesService } from '#instances';
import { GuessLimiter } from './guess-limiter.js';
import { LicenseKeys } from './license-keys.js';
import { LicenseTokens } from './license-tokens.js';
import { refusalFor } from './license-verdict.js';
import { License } from './license.entity.js';
import { putActivation, questionOf, standingOf, VERDICTS_BY_ID, type VerdictRow } from './licenses.repository.js';
import { OfflineRequestError } from './offline-requests.errors.js';
import { RevocationLists } from './revocation-list.service.js';

/** What is carried back to the shop. */
export interface OfflineAnswer {
  readonly licenseId: string;
  readonly instanceId: string;
  /** The license token, with the id of the request in it. */
  readonly token: string;
  /** The token in a form that can be typed. */
  readonly text: string;
  /** The signed list of revocations of now. */
  readonly revocations: string;
}

type VerifiedRequest = Awaited<ReturnType<typeof verifyLicenseRequest>>;

const CODES: Partial<Record<TrustErrorCode, OfflineRequestError['code']>> = {
  SIGNATURE_MISMATCH: 'REQUEST_ALTERED',
  TOKEN_MISMATCH: 'REQUEST_ALTERED',
  KEY_UNKNOWN: 'REQUEST_ALTERED',
  TOKEN_EXPIRED: 'REQUEST_EXPIRED',
  TOKEN_NOT_YET_VALID: 'REQUEST_NOT_YET_VALID',
};

/** Answers shops that have no line to the hub: somebody carries their request here and the answer back (licenses.md §4). */
@Injectable()
export class OfflineRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly config: CentralConfig,
    private readonly guesses: GuessLimiter,
    private readonly instances: InstancesService,
    private readonly keys: LicenseKeys,
    private readonly tokens: LicenseTokens,
    private readonly lists: RevocationLists,
  ) {}

  /**
   * The license a request is about, or null when no license has its key; for whoever may see only some of them.
   *
   * @throws {OfflineRequestError} REQUEST_…
   * @throws {RequestError} RATE_LIMITED after too many wrong keys that begin alike
   */
  async findLicense(text: string): Promise<string | null> {
    const { license_key: key } = await this.read(text);
    const found = await this.licenseOf(this.dataSource.manager, key);
    if (!found) this.guesses.countWrong(key, this.clock.now().getTime());
    return found?.id ?? null;
  }

  /**
   * Answers a request by the rules of a question that came over the line: it must be signed with the instance's key, and a
   * production shop takes a seat. A shop the hub has never heard of is registered. The same request again is answered again,
   * and takes no second seat.
   *
   * @throws {OfflineRequestError} REQUEST_… or LICENSE_REFUSED (`reason` is that of a verdict)
   * @throws {RequestError} RATE_LIMITED after too many wrong keys that begin alike
   */
  async answer(text: string, actor: string): Promise<OfflineAnswer> {
    const request = await this.read(text);
    const { license_key: key, sub: instanceId, jti } = request;
    const row = await inTransaction(this.dataSource, async (tx) => {
      // Before the instance, as every change of a license locks them.
      const license = await this.licenseOf(tx, key, true);
      if (!license) {
        this.guesses.countWrong(key, this.clock.now().getTime());
        throw new OfflineRequestError('LICENSE_REFUSED', { reason: 'NOT_FOUND' });
      }
      await this.admit(tx, request);
      const verdict = await this.takeSeat(tx, license, request);
      const data = { instance: instanceId, request: jti };
      const at = this.clock.now();
      await recordAudit(tx, { at, actor, action: 'license.answered_offline', subject: license.id, data });
      return verdict;
    });
    const subject = {
      licenseId: row.id,
      instanceId,
      marketplaceId: row.marketplaceId,
      kind: row.kind,
      expiresAt: row.expires_at,
      updatesUntil: row.updates_until,
    };
    const token = await this.tokens.answerFor(subject, jti);
    const { jws } = await this.lists.current();
    return { licenseId: row.id, instanceId, token, text: licenseResponseText(token), revocations: jws };
  }

  private async read(text: string): Promise<VerifiedRequest> {
    const now = this.clock.now();
    try {
      const request = await verifyLicenseRequest(text, { audience: this.config.hubUrl }, now);
      if (this.guesses.waitSeconds(request.license_key, now.getTime()) > 0) throw new RequestError('RATE_LIMITED');
      return request;
    } catch (cause) {
      if (!(cause instanceof TrustError)) throw cause;
      throw refusalOf(cause as TrustError);
    }
  }

  private async licenseOf(db: EntityManager, key: string, forUpdate = false): Promise<License | null> {
    const where = { keyLookup: this.keys.lookupOf(key) };
    return db.findOne(License, { where, ...(forUpdate ? { lock: { mode: 'pessimistic_write' as const } } : {}) });
  }

  private async admit(tx: EntityManager, { sub: id, publicJwk, environment }: VerifiedRequest): Promise<void> {
    try {
      await this.instances.admitOffline(tx, { id, publicJwk, environment });
    } catch (cause) {
      if (cause instanceof InstanceError) throw new OfflineRequestError('REQUEST_KEY_MISMATCH', {}, { cause });
      throw cause;
    }
  }

  private async takeSeat(
    tx: EntityManager,
    license: License,
    { sub: instanceId, environment }: LicenseRequestClaims,
  ): Promise<VerdictRow & { readonly id: string; readonly marketplaceId: string }> {
    const at = this.clock.now();
    const values = [[license.keyLookup], [license.packageId], [instanceId]];
    const [row] = await tx.query<VerdictRow[]>(VERDICTS_BY_ID.text, values);
    if (!row || row.id === null) throw new Error('the license is locked, so it is there');
    const reason = refusalFor(standingOf(row), questionOf(row, instanceId, this.config.licenses.copies), at);
    if (reason !== null) throw new OfflineRequestError('LICENSE_REFUSED', { reason });
    if (row.activated_as !== environment) {
      await putActivation(tx, { licenseId: row.id, instanceId, environment, at });
      const actor = `instance:${instanceId}`;
      await recordAudit(tx, { at, actor, action: 'license.activated', subject: row.id, data: { environment } });
    }
    const [item]: { marketplace_id: string }[] = await tx.query('SELECT marketplace_id FROM packages WHERE id = $1', [
      license.packageId,
    ]);
    return { ...row, marketplaceId: item!.marketplace_id };
  }
}

function refusalOf(cause: TrustError): OfflineRequestError {
  const { code, field } = cause;
  if (code !== 'TEXT_MISTYPED') return new OfflineRequestError(CODES[code] ?? 'REQUEST_MALFORMED', {}, { cause });
  return new OfflineRequestError('REQUEST_MISTYPED', { line: Number(field?.replace('line ', '')) }, { cause });
}
