import { Controller, Get, Header, Param, Redirect } from '@nestjs/common';
import { ApiCookieAuth, ApiOkResponse, ApiSeeOtherResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsString, ValidateNested } from 'class-validator';
import { Merchant, Requires, type MerchantCaller } from '#auth';
import { PortalInvoices } from './portal-invoices.service.js';

const STATUSES = ['open', 'uncollectible', 'paid', 'void'] as const;

export class InvoiceView {
  /** `in_…` */
  @IsString() id!: string;
  @IsString() order_id!: string;
  /** What was sold. */
  @IsString() name!: string;
  /** As printed on it. */
  @IsString() number!: string;
  @IsIn(STATUSES) status!: (typeof STATUSES)[number];
  /** Tax included, in minor units of `currency`. */
  @IsInt() amount_minor!: number;
  @IsString() currency!: string;
  @IsString() issued_at!: string;
  /** Lead to Stripe's page of it, and to its PDF; with the session, relative to the hub. */
  @IsString() page_url!: string;
  @IsString() pdf_url!: string;
}
export class InvoicesResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => InvoiceView) items!: InvoiceView[];
  @IsInt() count!: number;
}

/** The invoices of whoever is signed in. */
@ApiTags('Merchants')
@ApiCookieAuth()
@Controller('portal/api/invoices')
export class MerchantInvoicesController {
  constructor(private readonly invoices: PortalInvoices) {}

  /** Invoices of what he paid for and of the licenses he manages, newest first. */
  @Get()
  @Requires('merchant')
  @ApiOkResponse({ type: InvoicesResponse })
  async list(@Merchant() merchant: MerchantCaller): Promise<InvoicesResponse> {
    const rows = await this.invoices.list(merchant);
    const items = rows.map(({ issued_at, ...row }) => ({
      ...row,
      issued_at: issued_at.toISOString(),
      page_url: `/portal/api/invoices/${row.id}/page`,
      pdf_url: `/portal/api/invoices/${row.id}/pdf`,
    }));
    return { items, count: items.length };
  }

  /** Leads to Stripe's page of an invoice, where one that is owed can be paid. */
  @Get(':id/page')
  @Requires('merchant')
  @Redirect(undefined, 303)
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @ApiSeeOtherResponse({ description: 'The page at Stripe.' })
  async page(@Merchant() merchant: MerchantCaller, @Param('id') id: string): Promise<{ url: string }> {
    return { url: (await this.invoices.findPages(merchant, id)).page };
  }

  /** Leads to the PDF of an invoice. */
  @Get(':id/pdf')
  @Requires('merchant')
  @Redirect(undefined, 303)
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @ApiSeeOtherResponse({ description: 'The file at Stripe.' })
  async pdf(@Merchant() merchant: MerchantCaller, @Param('id') id: string): Promise<{ url: string }> {
    return { url: (await this.invoices.findPages(merchant, id)).pdf };
  }
}
