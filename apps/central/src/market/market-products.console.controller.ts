import { Body, Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { OperatorActor, Requires } from '#auth';
import {
  AddCertificateProductRequest,
  AddMarketProductRequest,
  ChangeMarketProductRequest,
  MarketProductRows,
} from './market.dto.js';
import { MarketError } from './market.errors.js';
import { MarketProducts } from './products.service.js';

const PRODUCT_ID = /^[1-9]\d{0,17}$/;

export class AddedProductResponse {
  @IsString() id!: string;
}

@ApiTags('Console')
@Controller('console/market')
export class MarketProductsController {
  constructor(private readonly products: MarketProducts) {}

  /** Everything that is or was on sale in cPanel. */
  @Get('products')
  @Requires('operator')
  @ApiOkResponse({ type: MarketProductRows })
  async list(): Promise<MarketProductRows> {
    const items = (await this.products.list()).map(({ product, package: item }) => ({
      id: product.id,
      marketplace_id: item.marketplaceId,
      name: item.name,
      kind: product.kind,
      price_minor: item.priceMinor,
      currency: item.currency,
      enabled: product.disabledAt === null,
      created_at: product.createdAt.toISOString(),
    }));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Puts a listed package on sale. */
  @Post('products')
  @Requires('operator')
  @ApiCreatedResponse({ type: AddedProductResponse })
  async add(
    @Body() { marketplace_id }: AddMarketProductRequest,
    @OperatorActor() actor: string,
  ): Promise<AddedProductResponse> {
    return { id: (await this.products.addPackage(marketplace_id, actor)).id };
  }

  /** Puts a certificate on sale. */
  @Post('certificate-products')
  @Requires('operator')
  @ApiCreatedResponse({ type: AddedProductResponse })
  async addCertificate(
    @Body() { marketplace_id, name, summary, price_minor, currency }: AddCertificateProductRequest,
    @OperatorActor() actor: string,
  ): Promise<AddedProductResponse> {
    const given = { marketplaceId: marketplace_id, name, summary, priceMinor: price_minor, currency };
    return { id: (await this.products.addCertificate(given, actor)).id };
  }

  /** Takes a product off sale, puts it back, or changes the price of a certificate. */
  @Patch('products/:id')
  @HttpCode(204)
  @Requires('operator')
  @ApiNoContentResponse()
  async change(
    @Param('id') id: string,
    @Body() { enabled, price_minor: priceMinor }: ChangeMarketProductRequest,
    @OperatorActor() actor: string,
  ): Promise<void> {
    if (!PRODUCT_ID.test(id)) throw new MarketError('PRODUCT_NOT_FOUND');
    const change = {
      ...(enabled === undefined ? {} : { enabled }),
      ...(priceMinor === undefined ? {} : { priceMinor }),
    };
    await this.products.change(id, change, actor);
  }
}
