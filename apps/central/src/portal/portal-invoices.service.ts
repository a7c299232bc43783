import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { MerchantCaller } from '#auth';
import {
  CheckoutError,
  findMerchantInvoice,
  listMerchantInvoices,
  StripeGateway,
  type InvoicePages,
  type MerchantInvoiceRow,
} from '#checkout';
import { holderOf } from './holder-of.js';

/** What a merchant sees of his invoices. One he may not see is answered as if it did not exist. */
@Injectable()
export class PortalInvoices {
  constructor(
    private readonly dataSource: DataSource,
    private readonly stripe: StripeGateway,
  ) {}

  /** His invoices, newest first, as Stripe's events told of them. */
  async list(merchant: MerchantCaller): Promise<MerchantInvoiceRow[]> {
    return listMerchantInvoices(this.dataSource.manager, holderOf(merchant));
  }

  /** Where Stripe shows one of them at this moment. @throws {CheckoutError} INVOICE_UNKNOWN or CHECKOUT_UNAVAILABLE */
  async findPages(merchant: MerchantCaller, id: string): Promise<InvoicePages> {
    const invoice = await findMerchantInvoice(this.dataSource.manager, holderOf(merchant), id);
    if (!invoice) throw new CheckoutError('INVOICE_UNKNOWN');
    return this.stripe.findInvoicePages(invoice.id);
  }
}
