import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { DataSource } from 'typeorm';
import { PublisherId, Requires } from '#auth';
import type { PayoutAccount } from './payout-account.entity.js';
import { PayoutAccounts } from './payout-accounts.service.js';
import type { Payout, PayoutStatus } from './payout.entity.js';
import { listBalances, listEntries, listPayouts, type StatementEntry } from './statements.repository.js';

export class StatementQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit?: number;
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(10_000_000) offset?: number;
}

export class OpenPayoutAccountRequest {
  /** Where the hub writes about payouts. */
  @MaxLength(254) @IsEmail() email!: string;
  /** ISO 3166-1 alpha-2, where the publisher is established. */
  @Matches(/^[A-Z]{2}$/) country!: string;
}

export class OnboardingLinkView {
  /** A page of Stripe's, good once. */
  @IsString() url!: string;
  @IsString() expires_at!: string;
}

export class PayoutAccountView {
  @IsString() stripe_account!: string;
  @IsString() country!: string;
  @IsBoolean() details_submitted!: boolean;
  /** Whether payouts can be made to it. */
  @IsBoolean() payable!: boolean;
  /** What Stripe still asks for. */
  @IsString({ each: true }) currently_due!: string[];
  @IsOptional() @IsString() disabled_reason!: string | null;
}

export class BalanceView {
  @IsString() currency!: string;
  /** In minor units; negative when more went back than was left. */
  @IsInt() balance_minor!: number;
  @IsInt() paid_out_minor!: number;
}

export class StatementEntryView {
  @IsIn(['sale', 'refund', 'dispute', 'payout', 'correction']) kind!: StatementEntry['kind'];
  @IsOptional() @IsString() order_id!: string | null;
  @IsString() reference!: string;
  /** The publisher's share, in minor units. */
  @IsInt() amount_minor!: number;
  @IsString() currency!: string;
  @IsString() at!: string;
}

export class StatementResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => BalanceView) balances!: BalanceView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => StatementEntryView) items!: StatementEntryView[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}

export class PayoutView {
  @IsString() id!: string;
  /** The Monday its week begins with. */
  @IsString() week!: string;
  @IsString() currency!: string;
  @IsInt() amount_minor!: number;
  @IsIn(['planned', 'paid', 'failed']) status!: PayoutStatus;
  @IsOptional() @IsString() stripe_transfer!: string | null;
  @IsString() planned_at!: string;
  @IsOptional() @IsString() decided_at!: string | null;
  @IsOptional() @IsString() failure!: string | null;
}

export class PayoutsResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PayoutView) items!: PayoutView[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}

/** What a publisher earns and where it is paid (money.md §3 to §5). */
@ApiTags('Publisher')
@ApiBearerAuth()
@Controller('publisher')
export class EarningsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: PayoutAccounts,
  ) {}

  /** Opens the payout account the first time, and each time a page to fill it in. */
  @Post('payout-account')
  @Requires('publisher')
  @ApiCreatedResponse({ type: OnboardingLinkView })
  async open(
    @PublisherId() publisherId: string,
    @Body() { email, country }: OpenPayoutAccountRequest,
  ): Promise<OnboardingLinkView> {
    const { url, expiresAt } = await this.accounts.openOnboarding(publisherId, { email, country });
    return { url, expires_at: expiresAt.toISOString() };
  }

  /** The payout account as Stripe describes it at this moment. */
  @Get('payout-account')
  @Requires('publisher')
  @ApiOkResponse({ type: PayoutAccountView })
  async readAccount(@PublisherId() publisherId: string): Promise<PayoutAccountView> {
    return accountView(await this.accounts.refresh(publisherId));
  }

  /** Balances, and every line of the statement, newest first. */
  @Get('earnings')
  @Requires('publisher')
  @ApiOkResponse({ type: StatementResponse })
  async statement(
    @PublisherId() publisherId: string,
    @Query() { limit = 20, offset = 0 }: StatementQuery,
  ): Promise<StatementResponse> {
    const db = this.dataSource.manager;
    const balances = await listBalances(db, publisherId);
    const { items, count } = await listEntries(db, publisherId, { limit, offset });
    return { balances: balances.map(balanceView), items: items.map(entryView), count, limit, offset };
  }

  /** Payouts, newest first. */
  @Get('payouts')
  @Requires('publisher')
  @ApiOkResponse({ type: PayoutsResponse })
  async payouts(
    @PublisherId() publisherId: string,
    @Query() { limit = 20, offset = 0 }: StatementQuery,
  ): Promise<PayoutsResponse> {
    const { items, count } = await listPayouts(this.dataSource.manager, publisherId, { limit, offset });
    return { items: items.map(payoutView), count, limit, offset };
  }
}

function accountView(account: PayoutAccount): PayoutAccountView {
  const { stripeAccount, country, detailsSubmitted, isPayable, due, disabledReason } = account;
  return {
    stripe_account: stripeAccount ?? '',
    country,
    details_submitted: detailsSubmitted,
    payable: isPayable,
    currently_due: due,
    disabled_reason: disabledReason,
  };
}

function balanceView(balance: { currency: string; balanceMinor: number; paidOutMinor: number }): BalanceView {
  const { currency, balanceMinor, paidOutMinor } = balance;
  return { currency, balance_minor: balanceMinor, paid_out_minor: paidOutMinor };
}

function entryView({ kind, orderId, reference, amountMinor, currency, at }: StatementEntry): StatementEntryView {
  return { kind, order_id: orderId, reference, amount_minor: amountMinor, currency, at: at.toISOString() };
}

function payoutView(payout: Payout): PayoutView {
  const { id, week, currency, amountMinor, status, stripeTransfer, plannedAt, decidedAt, failure } = payout;
  return {
    id,
    week,
    currency,
    amount_minor: amountMinor,
    status,
    stripe_transfer: stripeTransfer,
    planned_at: plannedAt.toISOString(),
    decided_at: decidedAt?.toISOString() ?? null,
    failure,
  };
}
