import { AnswerLicenseRequest, INSTANCE_ID, LicenseResponseFile, LicenseView, MARKETPLACE_ID } from '@hansa/contracts';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCookieAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Merchant, Requires, type MerchantCaller } from '#auth';
import { answerView, viewOf } from '#licenses';
import { offerOf, type LicenseOffer } from './license-offer.js';
import { PortalLicenses } from './portal-licenses.service.js';

export class ActivationView {
  @IsString() instance_id!: string;
  @IsString() base_url!: string;
  @IsString() environment!: string;
  @IsString() activated_at!: string;
}
export class LicenseOfferView implements LicenseOffer {
  /** Another term for all its seats, in minor units of `currency`. */
  @IsInt() renewal_minor!: number;
  /** Each more seat; null where none are sold. */
  @IsOptional() @IsInt() seat_minor!: number | null;
  @IsString() currency!: string;
}
export class MerchantLicenseView extends LicenseView {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() name!: string;
  /** Where it was bought, or moved to since. */
  @IsOptional() @IsString() instance_id!: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => ActivationView) activations!: ActivationView[];
  /** Whether the one who asks may move and cancel it. */
  @IsBoolean() manageable!: boolean;
  /** Whether it renews by itself; when it was cancelled, until when it runs. */
  @IsBoolean() renews!: boolean;
  @IsOptional() @IsString() cancel_at!: string | null;
  /** Until when the one who asks may take its last move back; null when he may not. */
  @IsOptional() @IsString() move_undoable_until!: string | null;
  /** What a further payment for it costs; null when no order adds to it. */
  @IsOptional() @ValidateNested() @Type(() => LicenseOfferView) offer!: LicenseOfferView | null;
  /** What happens on which day, in sentences. */
  @IsArray() @IsString({ each: true }) words!: string[];
}
export class MerchantLicensesResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => MerchantLicenseView) items!: MerchantLicenseView[];
  @IsInt() count!: number;
}
export class PaymentView {
  @IsString() id!: string;
  @IsString() order_id!: string;
  @IsString() license_id!: string;
  @IsString() name!: string;
  @IsIn(['purchase', 'renewal', 'seats']) bought!: 'purchase' | 'renewal' | 'seats';
  /** In minor units of `currency`. */
  @IsInt() amount_minor!: number;
  @IsInt() refunded_minor!: number;
  @IsString() currency!: string;
  @IsString() paid_at!: string;
}
export class PaymentsResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PaymentView) items!: PaymentView[];
  @IsInt() count!: number;
}
export class MoveLicenseRequest {
  @Matches(INSTANCE_ID) from!: string;
  @Matches(INSTANCE_ID) to!: string;
}
export class MoveLicenseResponse {
  @IsString() move_id!: string;
  @IsString() undoable_until!: string;
}
export class CancelLicenseResponse {
  @IsString() cancel_at!: string;
}

export class ExtendLicenseRequest {
  /** How many more; without it another term for all of them. */
  @IsOptional() @IsInt() @Min(1) @Max(1_000) seats?: number;
}
export class ExtendLicenseResponse {
  /** Stripe's page. */
  @IsString() url!: string;
}

export class BillingPortalResponse {
  @IsString() url!: string;
}

/** The licenses of whoever is signed in. */
@ApiTags('Merchants')
@ApiCookieAuth()
@Controller('portal/api')
export class MerchantLicensesController {
  constructor(private readonly licenses: PortalLicenses) {}

  /** Licenses bought with his proven address or for a shop of his, newest first. */
  @Get('licenses')
  @Requires('merchant')
  @ApiOkResponse({ type: MerchantLicensesResponse })
  async list(@Merchant() merchant: MerchantCaller): Promise<MerchantLicensesResponse> {
    const held = await this.licenses.list(merchant);
    const items = held.map(({ row, words, undoableUntil, now }) => ({
      ...viewOf(row, now),
      marketplace_id: row.marketplace_id,
      name: row.name,
      instance_id: row.bought_by,
      activations: [...row.activations],
      manageable: row.role !== 'member',
      renews: row.subscription !== null && row.cancel_at === null,
      cancel_at: row.cancel_at?.toISOString() ?? null,
      move_undoable_until: undoableUntil?.toISOString() ?? null,
      offer: offerOf(row),
      words: [...words],
    }));
    return { items, count: items.length };
  }

  /** What was paid for them, newest first. */
  @Get('payments')
  @Requires('merchant')
  @ApiOkResponse({ type: PaymentsResponse })
  async payments(@Merchant() merchant: MerchantCaller): Promise<PaymentsResponse> {
    const rows = await this.licenses.payments(merchant);
    const items = rows.map(({ ends_at: _, paid_at, ...row }) => ({ ...row, paid_at: paid_at.toISOString() }));
    return { items, count: items.length };
  }

  /** Moves a license to another of his shops. For admins and owners. */
  @Post('licenses/:id/move')
  @HttpCode(200)
  @Requires('merchant')
  @ApiOkResponse({ type: MoveLicenseResponse })
  async move(
    @Merchant() merchant: MerchantCaller,
    @Param('id') id: string,
    @Body() { from, to }: MoveLicenseRequest,
  ): Promise<MoveLicenseResponse> {
    const { moveId, undoableUntil } = await this.licenses.move(merchant, id, from, to);
    return { move_id: moveId, undoable_until: undoableUntil.toISOString() };
  }

  /** Takes the last move back, within its window. */
  @Post('licenses/:id/undo-move')
  @HttpCode(204)
  @Requires('merchant')
  @ApiNoContentResponse()
  async undo(@Merchant() merchant: MerchantCaller, @Param('id') id: string): Promise<void> {
    await this.licenses.undoMove(merchant, id);
  }

  /** Answers the license request of a shop of his that has no line to the hub. For admins and owners. */
  @Post('license-requests')
  @Requires('merchant')
  @ApiCreatedResponse({ type: LicenseResponseFile })
  async answer(
    @Merchant() merchant: MerchantCaller,
    @Body() { request }: AnswerLicenseRequest,
  ): Promise<LicenseResponseFile> {
    return answerView(await this.licenses.answerRequest(merchant, request));
  }

  /** Opens Stripe's page for another term of a license, or for more seats of it. For admins and owners. */
  @Post('licenses/:id/checkout')
  @Requires('merchant')
  @ApiCreatedResponse({ type: ExtendLicenseResponse })
  async extend(
    @Merchant() merchant: MerchantCaller,
    @Param('id') id: string,
    @Body() { seats }: ExtendLicenseRequest,
  ): Promise<ExtendLicenseResponse> {
    return { url: await this.licenses.extend(merchant, id, seats) };
  }

  /** Ends a subscription with the period that is paid. */
  @Post('licenses/:id/cancel')
  @HttpCode(200)
  @Requires('merchant')
  @ApiOkResponse({ type: CancelLicenseResponse })
  async cancel(@Merchant() merchant: MerchantCaller, @Param('id') id: string): Promise<CancelLicenseResponse> {
    return { cancel_at: (await this.licenses.cancel(merchant, id)).toISOString() };
  }

  /** A page of Stripe's for the card, the invoices and the end of a subscription; good for minutes. For admins and owners. */
  @Post('licenses/:id/billing-portal')
  @HttpCode(200)
  @Requires('merchant')
  @ApiOkResponse({ type: BillingPortalResponse })
  async billing(@Merchant() merchant: MerchantCaller, @Param('id') id: string): Promise<BillingPortalResponse> {
    return { url: await this.licenses.openBilling(merchant, id) };
  }
}
