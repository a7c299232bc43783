import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountError, ShopMembers } from '#accounts';
import type { MerchantCaller } from '#auth';
import { CheckoutError, CheckoutService, StripeGateway } from '#checkout';
import {
  explainAtHub,
  findMerchantLicense,
  LicenseError,
  LicenseMoves,
  listMerchantLicenses,
  listMerchantPayments,
  OfflineRequestError,
  OfflineRequests,
  viewOf,
  type MerchantLicenseRow,
  type MerchantPaymentRow,
  type OfflineAnswer,
} from '#licenses';
import { holderOf } from './holder-of.js';
import { shopOf } from './license-offer.js';

/** A license as he sees it: what happens to it on which day, and until when its last move may be undone. */
export interface HeldLicense {
  readonly row: MerchantLicenseRow;
  readonly words: readonly string[];
  readonly undoableUntil: Date | null;
  readonly now: Date;
}

/** What a merchant does with his licenses. One he may not see is answered as if it did not exist. */
@Injectable()
export class PortalLicenses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly members: ShopMembers,
    private readonly moves: LicenseMoves,
    private readonly requests: OfflineRequests,
    private readonly checkout: CheckoutService,
    private readonly stripe: StripeGateway,
  ) {}

  /** His licenses. */
  async list(merchant: MerchantCaller): Promise<HeldLicense[]> {
    const now = this.clock.now();
    const rows = await listMerchantLicenses(this.dataSource.manager, holderOf(merchant));
    return rows.map((row) => {
      const undoableUntil = this.undoableUntil(row, now);
      return { row, words: explainAtHub(row, now).words, undoableUntil, now };
    });
  }

  /** What was paid for them. */
  async payments(merchant: MerchantCaller): Promise<MerchantPaymentRow[]> {
    return listMerchantPayments(this.dataSource.manager, holderOf(merchant));
  }

  /**
   * Moves a license to another of his shops.
   *
   * @throws {LicenseError} LICENSE_UNKNOWN and the refusals of `LicenseMoves.move`
   * @throws {AccountError} ROLE_REQUIRED, or SHOP_NOT_FOUND for a shop that is not his
   */
  async move(merchant: MerchantCaller, licenseId: string, from: string, to: string) {
    await this.manageable(merchant, licenseId);
    await this.members.require(this.dataSource.manager, merchant.accountId, to, 'admin');
    return this.moves.move({ licenseId, from, to, actor: actorOf(merchant) });
  }

  /** Takes the last move back. @throws {LicenseError} LICENSE_UNKNOWN and the refusals of `LicenseMoves.undo` */
  async undoMove(merchant: MerchantCaller, licenseId: string): Promise<void> {
    await this.manageable(merchant, licenseId);
    await this.moves.undo(licenseId, actorOf(merchant));
  }

  /**
   * Ends a subscription with the period that is paid. Asking again changes nothing. The license hears of it from Stripe.
   *
   * @throws {LicenseError} LICENSE_UNKNOWN or NOT_SUBSCRIBED
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async cancel(merchant: MerchantCaller, licenseId: string): Promise<Date> {
    const { subscription } = await this.manageable(merchant, licenseId);
    if (subscription === null) throw new LicenseError('NOT_SUBSCRIBED');
    return this.stripe.cancelAtPeriodEnd(subscription);
  }

  /**
   * Answers the license request of a shop of his that has no line to the hub, for a license that is his to manage. One he may
   * not see is answered as if no license had the key.
   *
   * @throws {OfflineRequestError} REQUEST_… or LICENSE_REFUSED
   * @throws {AccountError} ROLE_REQUIRED
   */
  async answerRequest(merchant: MerchantCaller, request: string): Promise<OfflineAnswer> {
    const licenseId = await this.requests.findLicense(request);
    const license = licenseId && (await findMerchantLicense(this.dataSource.manager, holderOf(merchant), licenseId));
    if (!license) throw new OfflineRequestError('LICENSE_REFUSED', { reason: 'NOT_FOUND' });
    if (license.role === 'member') throw new AccountError('ROLE_REQUIRED');
    return this.requests.answer(request, actorOf(merchant));
  }

  /**
   * A page of Stripe's where the card of a subscription is changed, its invoices are seen and it is ended.
   *
   * @throws {LicenseError} LICENSE_UNKNOWN or NOT_SUBSCRIBED
   * @throws {CheckoutError} CHECKOUT_UNAVAILABLE
   */
  async openBilling(merchant: MerchantCaller, licenseId: string): Promise<string> {
    const { subscription } = await this.manageable(merchant, licenseId);
    if (subscription === null) throw new LicenseError('NOT_SUBSCRIBED');
    return this.stripe.openBillingPortal(subscription);
  }

  /** What `undoMove` would refuse is not offered. */
  private undoableUntil({ role, last_move: last, ...license }: MerchantLicenseRow, now: Date): Date | null {
    if (last === null || role === 'member' || viewOf(license, now).status !== 'active') return null;
    const { moved_at: movedAt, undone_at: undoneAt } = last;
    const move = { movedAt: new Date(movedAt), undoneAt: undoneAt === null ? null : new Date(undoneAt) };
    return this.moves.undoableUntil(move, now);
  }

  /**
   * Stripe's page for another term of a license, or for more seats of it.
   *
   * @throws {LicenseError} LICENSE_UNKNOWN
   * @throws {CheckoutError} NOT_RENEWABLE, SEATS_NOT_SOLD, ORDER_TOO_LARGE, VERSION_NOT_FOUND or CHECKOUT_UNAVAILABLE
   */
  async extend(merchant: MerchantCaller, licenseId: string, seats: number | undefined): Promise<string> {
    const license = await this.manageable(merchant, licenseId);
    const instanceId = shopOf(license);
    if (instanceId === undefined) throw new CheckoutError('NOT_RENEWABLE');
    const who = { instanceId, customerEmail: holderOf(merchant).email ?? license.customer_email };
    const what = { licenseId, marketplaceId: license.marketplace_id, seats };
    return (await this.checkout.extend({ ...what, ...who, actor: actorOf(merchant) })).sessionUrl!;
  }

  private async manageable(merchant: MerchantCaller, licenseId: string): Promise<MerchantLicenseRow> {
    const license = await findMerchantLicense(this.dataSource.manager, holderOf(merchant), licenseId);
    if (!license) throw new LicenseError('LICENSE_UNKNOWN');
    if (license.role === 'member') throw new AccountError('ROLE_REQUIRED');
    return license;
  }
}

function actorOf({ accountId }: MerchantCaller): string {
  return `merchant:${accountId}`;
}
