import {
  LICENSE_ISSUED,
  type AdvisoryPublishedEvent,
  type LicenseIssuedEvent,
  type ReleaseYankedEvent,
} from '@hansa/contracts';
import { Clock, inTransaction } from '@hansa/platform';
import {
  TrustError,
  verifyWebhook,
  type IncomingHeaders,
  type LicenseClaims,
  type VerifiedWebhook,
} from '@hansa/trust';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { notify } from '#audit';
import { RegistrationService } from '#hub';
import { InstallerService } from '#installer';
import { LicensesService, type IssuedLicense } from '#licenses';
import { Plugin } from '#plugins';
import { scheduleCheck, tellOfAdvisory, tellOfWithdrawal } from '#updates';
import { HubDelivery } from './hub-delivery.entity.js';
import { HubEventError, isEventRefusal } from './hub-events.errors.js';
import { readEvent, type HubEvent } from './read-event.js';

/** A delivery as it came, by push or by pull: the bytes that were signed and the headers around them. */
export interface Delivery {
  /** Lower-case names. */
  readonly headers: IncomingHeaders;
  readonly body: Uint8Array;
}

/** Members that never go into the record of deliveries. */
const SECRETS = ['license_key', 'token', 'purchased_by'];

/** Takes what the hub tells this shop. */
@Injectable()
export class HubEventsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly registration: RegistrationService,
    private readonly licenses: LicensesService,
    private readonly installer: InstallerService,
  ) {}

  /**
   * Takes a delivery: verified over its raw bytes before anything reads them, and acted upon once, however often it comes. Says
   * whether it was new. `only` names the one event an address is for.
   *
   * @throws {HubEventError} SIGNATURE_MISSING, SIGNATURE_MALFORMED, SIGNATURE_MISMATCH, TIMESTAMP_TOO_OLD, TIMESTAMP_IN_FUTURE or
   *   EVENT_MALFORMED
   */
  async receive(delivery: Delivery, only?: typeof LICENSE_ISSUED): Promise<{ readonly isNew: boolean }> {
    const { deliveryId, event: name } = await this.verify(delivery);
    const event = readEvent(only ?? name ?? 'unnamed', delivery.body);
    if (await this.dataSource.manager.existsBy(HubDelivery, { deliveryId })) return { isNew: false };
    // Before the transaction: believing a token may need the hub's keys.
    const issued = event.name === LICENSE_ISSUED ? issuedLicense(event.body) : null;
    const claims = issued && (await this.licenses.readToken(issued));
    return inTransaction(this.dataSource, async (tx) => {
      if (!(await this.claim(tx, deliveryId, name ?? only ?? 'unnamed', event))) return { isNew: false };
      await this.act(tx, event, issued, claims);
      return { isNew: true };
    });
  }

  private async verify({ headers, body }: Delivery): Promise<VerifiedWebhook> {
    const secrets = await this.registration.secrets();
    // A shop no hub has given a secret to cannot believe anybody.
    if (secrets.length === 0) throw new HubEventError('SIGNATURE_MISMATCH');
    try {
      return verifyWebhook({ headers, body, secrets, now: this.clock.now() });
    } catch (cause) {
      const code = cause instanceof TrustError ? String(cause.code) : '';
      if (isEventRefusal(code)) throw new HubEventError(code, undefined, { cause });
      throw cause;
    }
  }

  /** The first transaction to insert the id does the work; a second one waits for it and finds it taken. */
  private async claim(tx: EntityManager, deliveryId: string, event: string, { body }: HubEvent): Promise<boolean> {
    const kept = Object.fromEntries(Object.entries(body).filter(([name]) => !SECRETS.includes(name)));
    const rows: unknown[] = await tx.query(
      `INSERT INTO hub_deliveries (delivery_id, event, body, received_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING delivery_id`,
      [deliveryId, event.slice(0, 128), JSON.stringify(kept), this.clock.now()],
    );
    return rows.length === 1;
  }

  private async act(
    tx: EntityManager,
    event: HubEvent,
    issued: IssuedLicense | null,
    claims: LicenseClaims | null,
  ): Promise<void> {
    switch (event.name) {
      case 'license.issued':
        if (issued) await this.licenses.keep(tx, issued, claims);
        await this.installer.orderLicensed(tx, event.body.marketplace_id, event.body.version);
        return;
      case 'license.renewed':
      case 'license.suspended':
      case 'license.revoked':
      case 'license.transferred':
        // The name of an event is not under the signature, so it only leads to a question: the hub's verdict decides.
        await this.licenses.requestCheck(tx, event.body.marketplace_id);
        return;
      case 'release.yanked':
        return this.takeYank(tx, event.body);
      case 'advisory.published':
        return this.takeAdvisory(tx, event.body);
      case 'advisory.withdrawn':
        await tellOfWithdrawal(tx, event.body, this.clock.now());
        return scheduleCheck(tx, this.clock.now());
      case null:
        return; // of a newer hub: recorded, and for a newer tenant to act on
    }
  }

  /** Every shop is told of every yank; only one that runs the release has to know. Nothing is stopped on this word. */
  private async takeYank(tx: EntityManager, { marketplace_id: subject, version, reason }: ReleaseYankedEvent) {
    const plugin = await tx.findOneBy(Plugin, { marketplaceId: subject, version });
    if (!plugin) return;
    const at = this.clock.now();
    const message = `${plugin.id} ${version}, which is installed, was withdrawn: ${reason.slice(0, 500)}`;
    const onceKey = `yanked:${subject}:${version}`;
    await notify(tx, { at, code: 'RELEASE_YANKED', severity: 'warning', message, subject, onceKey });
    await scheduleCheck(tx, at);
  }

  /** The same of advisories. A fix, if there is one, is found by the check, which believes the hub's answer and not the event. */
  private async takeAdvisory(tx: EntityManager, advisory: AdvisoryPublishedEvent): Promise<void> {
    const at = this.clock.now();
    const plugin = await tx.findOneBy(Plugin, { marketplaceId: advisory.marketplace_id });
    if (await tellOfAdvisory(tx, advisory, plugin, at)) await scheduleCheck(tx, at);
  }
}

function issuedLicense(event: LicenseIssuedEvent): IssuedLicense {
  const { marketplace_id: marketplaceId, license_key: licenseKey, license_id: licenseId, kind, token } = event;
  return { marketplaceId, licenseKey, licenseId, kind, token };
}
