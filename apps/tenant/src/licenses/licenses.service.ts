import {
  carriedUntil,
  explain,
  graceDaysAfter,
  stepsOf,
  type LicenseExplanation,
  type VerifyLicenseResponse,
} from '@hansa/contracts';
import { Clock, defineJob, DomainError, enqueue, inTransaction, OnJob, SecretBox, type Logger } from '@hansa/platform';
import { parseLicenseKey, TrustError, verifyLicenseToken, type LicenseClaims } from '@hansa/trust';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { notify, recordEvent } from '#audit';
import { LOGGER } from '#config';
import { HubService, InstanceService } from '#hub';
import { PluginsService } from '#plugins';
import { afterSilence, nextLook, readCheckAgainAt } from './check-time.js';
import { License } from './license.entity.js';
import { RELEASE_LICENSE } from './release-license.job.js';
import { RevocationsService } from './revocations.service.js';
import { noteTime, setTime } from './shop-clock.js';

const CHECK_LICENSE = defineJob<{ marketplaceId: string }>('check-license');
/** A license that came without a token runs this long until its first check, which follows at once. */
const FIRST_CARRY_MS = 24 * 60 * 60 * 1_000;

/** What arrives with a purchase. */
export interface IssuedLicense {
  readonly marketplaceId: string;
  readonly licenseKey: string;
  readonly licenseId?: string | undefined;
  readonly kind?: string | undefined;
  readonly token?: string | undefined;
}

/** The shop's licenses: kept sealed, checked with the hub, and acted upon. */
@Injectable()
export class LicensesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
    private readonly hub: HubService,
    private readonly instance: InstanceService,
    private readonly plugins: PluginsService,
    private readonly revocations: RevocationsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Acts on what is known before the hub is asked: a shop that was off past the end of a grace does not start the plugin. */
  async applyStandings(): Promise<void> {
    for (const { marketplaceId } of await this.dataSource.manager.find(License, { select: { marketplaceId: true } })) {
      await inTransaction(this.dataSource, async (tx) => {
        const license = await lockLicense(tx, marketplaceId);
        if (license) await this.act(tx, license, this.clock.now());
      });
    }
  }

  /** The licenses of this shop, each with what it lets its plugin do now. */
  async list(): Promise<{ readonly license: License; readonly explanation: LicenseExplanation }[]> {
    return inTransaction(this.dataSource, async (tx) => {
      const now = this.clock.now();
      const latest = await noteTime(tx, now);
      const licenses = await tx.find(License, { order: { marketplaceId: 'ASC' } });
      return licenses.map((license) => ({ license, explanation: explain(license, now, latest) }));
    });
  }

  /** Has every license checked soon; done at each start (federation.md §4). */
  async requestChecks(): Promise<void> {
    if (!this.hub.isConfigured) return;
    const licenses = await this.dataSource.manager.find(License, { select: { marketplaceId: true } });
    await inTransaction(this.dataSource, async (tx) => {
      for (const { marketplaceId } of licenses) await this.requestCheck(tx, marketplaceId);
    });
  }

  /** Has one license checked soon, or at a given time. */
  async requestCheck(tx: EntityManager, marketplaceId: string, runAt?: Date): Promise<void> {
    const options = { key: `check-license:${marketplaceId}`, ...(runAt ? { runAt } : {}) };
    await enqueue(tx, CHECK_LICENSE, { marketplaceId }, options);
  }

  /** The key of the license this shop holds for a package, or null. It goes to the hub and nowhere else. */
  async keyFor(marketplaceId: string): Promise<string | null> {
    const license = await this.dataSource.manager.findOneBy(License, { marketplaceId });
    return license && this.openKey(license);
  }

  /** Licenses whose verdict is older than the hub wants it to be, and when their plugins stop if it stays so. */
  async overdue(): Promise<{ readonly marketplaceId: string; readonly since: Date; readonly stopsAt: Date | null }[]> {
    const now = this.clock.now();
    const licenses = await this.dataSource.manager.find(License, { order: { marketplaceId: 'ASC' } });
    return licenses
      .filter(({ checkAgainAt, receivedAt }) => (checkAgainAt ?? receivedAt) < now)
      .map((license) => {
        const { marketplaceId, checkedAt, receivedAt } = license;
        const stops = stepsOf(license).find(({ state }) => state === 'stopped');
        return { marketplaceId, since: checkedAt ?? receivedAt, stopsAt: stops?.from ?? null };
      });
  }

  /** What the token of a purchase promises, or null when there is none this shop can believe. */
  async readToken({ marketplaceId, token }: IssuedLicense): Promise<LicenseClaims | null> {
    return token === undefined ? null : this.believe(marketplaceId, token);
  }

  /** Keeps a license; the same one again changes nothing but what it carries. Call with what `readToken` said. */
  async keep(tx: EntityManager, issued: IssuedLicense, claims: LicenseClaims | null): Promise<void> {
    const { marketplaceId, licenseId = null, kind = null, token } = issued;
    const now = this.clock.now();
    const key = parseLicenseKey(issued.licenseKey) ?? issued.licenseKey.trim();
    await tx.upsert(
      License,
      {
        marketplaceId,
        keySealed: this.secretBox.seal(key, contextOf(marketplaceId)),
        licenseId,
        kind,
        token: claims ? (token ?? null) : null,
        carriedUntil: claims ? carriedUntil(claims) : new Date(now.getTime() + FIRST_CARRY_MS),
        ...endsOf(claims),
        wordAt: claims && new Date(claims.iat * 1_000),
        failedAt: null,
        failureReason: null,
        graceDays: null,
        standing: 'active',
        receivedAt: now,
        checkedAt: null,
        checkAgainAt: null,
      },
      ['marketplaceId'],
    );
    await this.plugins.resumeForLicense(tx, marketplaceId);
    await this.requestCheck(tx, marketplaceId);
  }

  /** Forgets a license and has the hub told, so that the seat can be used elsewhere. One without an id has taken no seat yet. */
  async forget(tx: EntityManager, marketplaceId: string): Promise<void> {
    const license = await lockLicense(tx, marketplaceId);
    if (!license) return;
    await tx.delete(License, { marketplaceId });
    const { licenseId } = license;
    if (licenseId !== null) await enqueue(tx, RELEASE_LICENSE, { licenseId }, { key: `release-license:${licenseId}` });
  }

  /** Has the hub send a license of this shop once more. @throws {HubError | HubRefusal} LICENSE_NOT_FOUND, LICENSE_NOT_ACTIVE, NOTHING_TO_INSTALL */
  async reclaim(licenseId: string): Promise<void> {
    const token = await this.hub.token();
    await this.hub.ask((client) => client.issueLicenseAgain(licenseId, token));
  }

  /** Asks the hub about one license, and acts on the verdict, or on its absence. */
  @OnJob(CHECK_LICENSE)
  async check({ marketplaceId }: { marketplaceId: string }): Promise<void> {
    const asked = await this.dataSource.manager.findOneBy(License, { marketplaceId });
    if (!asked) return;
    await this.revocations.refresh();
    const verdict = await this.ask(asked);
    const claims = verdict?.valid && verdict.token ? await this.believe(marketplaceId, verdict.token) : null;
    await inTransaction(this.dataSource, async (tx) => {
      const license = await lockLicense(tx, marketplaceId);
      // Replaced while the hub was asked: its own check is queued.
      if (!license?.keySealed.equals(asked.keySealed)) return;
      const now = this.clock.now();
      const heard = verdict ? await this.record(tx, license, verdict, claims, now) : license;
      const judged = await this.obeyList(tx, heard, now);
      const { until } = await this.act(tx, judged, now);
      const runAt = verdict
        ? nextLook(judged.checkAgainAt ?? now, until, now)
        : nextLook(afterSilence(now), until, now);
      await this.requestCheck(tx, marketplaceId, runAt);
    });
  }

  /** The hub's verdict; null when it gave none. A refusal of the question is no verdict on the license either. */
  private async ask(license: License): Promise<VerifyLicenseResponse | null> {
    const { marketplaceId } = license;
    try {
      const instanceId = await this.hub.sealedInstanceId();
      const question = { license_key: this.openKey(license), marketplace_id: marketplaceId, instance_id: instanceId };
      return await this.hub.ask((client) => client.verifyLicense(question));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.logger.warn({ marketplace_id: marketplaceId, code: error.code }, 'license could not be checked');
      return null;
    }
  }

  private async record(
    tx: EntityManager,
    license: License,
    verdict: VerifyLicenseResponse,
    claims: LicenseClaims | null,
    now: Date,
  ): Promise<License> {
    const checkAgainAt = readCheckAgainAt(verdict.check_again_at, now);
    const hubTime = Date.parse(verdict.checked_at ?? '');
    if (!Number.isNaN(hubTime)) await setTime(tx, new Date(hubTime));
    const reason = verdict.reason ?? 'NOT_FOUND';
    const seen = { checkedAt: now, checkAgainAt };
    const change = verdict.valid
      ? {
          ...seen,
          wordAt: Number.isNaN(hubTime) ? now : new Date(hubTime),
          failedAt: null,
          failureReason: null,
          graceDays: null,
          carriedUntil: claims ? carriedUntil(claims) : checkAgainAt,
          ...(claims ? endsOf(claims) : {}),
          token: claims ? (verdict.token ?? null) : null,
          licenseId: verdict.license?.id ?? license.licenseId,
          kind: verdict.license?.kind ?? license.kind,
        }
      : {
          ...seen,
          failedAt: license.failedAt ?? now,
          failureReason: reason,
          // A second no cannot prolong the grace of the first; a harder one can end it.
          graceDays: Math.min(license.graceDays ?? Infinity, verdict.grace ?? graceDaysAfter(reason)),
        };
    await tx.update(License, { marketplaceId: license.marketplaceId }, change);
    return Object.assign(new License(), license, change);
  }

  /** A license on the list goes off, though its token may be good for weeks and the hub out of reach. */
  private async obeyList(tx: EntityManager, license: License, now: Date): Promise<License> {
    const reason = await this.revocations.reasonFor(tx, license);
    if (reason === null) return license;
    const change = { failedAt: license.failedAt ?? now, failureReason: reason, graceDays: graceDaysAfter(reason) };
    await tx.update(License, { marketplaceId: license.marketplaceId }, change);
    return Object.assign(new License(), license, change);
  }

  /** Brings plugin, notifications and events in line with what the license stands for now. */
  private async act(tx: EntityManager, license: License, now: Date): Promise<LicenseExplanation> {
    const { marketplaceId } = license;
    const latest = await noteTime(tx, now);
    const explanation = explain(license, now, latest);
    const { state, words } = explanation;
    if (explanation.clockMovedBack) await this.tellOfClock(tx, now, latest);
    if (state === license.standing) return explanation;
    await tx.update(License, { marketplaceId }, { standing: state });
    if (state === 'active') {
      await this.plugins.resumeForLicense(tx, marketplaceId);
      return explanation;
    }
    const stopped = state === 'stopped';
    const reason = license.failureReason ?? 'HUB_UNREACHABLE';
    if (stopped) await this.plugins.stopForLicense(tx, marketplaceId);
    else await this.plugins.resumeForLicense(tx, marketplaceId);
    await recordEvent(tx, now, 'plugin.license_failed', { marketplace_id: marketplaceId, reason, stopped });
    await notify(tx, {
      at: now,
      code: stopped ? 'LICENSE_STOPPED' : 'LICENSE_GRACE',
      severity: stopped ? 'critical' : 'warning',
      message: `${marketplaceId} (${reason}): ${words.join(' ')}`,
      subject: marketplaceId,
    });
    return explanation;
  }

  private async tellOfClock(tx: EntityManager, at: Date, latest: Date): Promise<void> {
    await notify(tx, {
      at,
      code: 'CLOCK_MOVED_BACK',
      severity: 'warning',
      message: `The clock of this shop shows ${at.toISOString()}, and it was ${latest.toISOString()} before. Licenses go by the later time.`,
      subject: 'clock',
      onceKey: `CLOCK_MOVED_BACK:${latest.toISOString().slice(0, 13)}`,
    });
  }

  /** A token the hub signed for this shop and package; one that is not is no reason to refuse what came with it. */
  private async believe(marketplaceId: string, token: string): Promise<LicenseClaims | null> {
    const { id: instanceId } = await this.instance.identity();
    const expected = { issuer: this.hub.url, instanceId, marketplaceId };
    try {
      return await verifyLicenseToken(token, await this.hub.licenseKeys(), expected, this.clock.now());
    } catch (error) {
      if (!(error instanceof TrustError) && !(error instanceof DomainError)) throw error;
      this.logger.warn({ marketplace_id: marketplaceId, code: error.code }, 'license token not believed');
      return null;
    }
  }

  private openKey({ marketplaceId, keySealed }: License): string {
    return this.secretBox.open(keySealed, contextOf(marketplaceId)).toString();
  }
}

/** Locks a license, so that checks and deliveries about it queue up. */
function lockLicense(tx: EntityManager, marketplaceId: string): Promise<License | null> {
  return tx.findOne(License, { where: { marketplaceId }, lock: { mode: 'pessimistic_write' } });
}

/** What a token says about the ends of its license. */
function endsOf(claims: LicenseClaims | null): Pick<License, 'expiresAt' | 'updatesUntil'> {
  return { expiresAt: timeOf(claims?.license_expires_at), updatesUntil: timeOf(claims?.updates_until) };
}

function timeOf(text: string | null | undefined): Date | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at);
}

function contextOf(marketplaceId: string): string {
  return `license-key:${marketplaceId}`;
}
