import { MARKETPLACE_ID } from '@hansa/contracts';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MARKET_TOKEN_SECONDS } from '#tokens';

export const CLIENT_ID = /^mcl_[0-9A-HJKMNP-TV-Z]{26}$/;
const MAX_ORIGINS = 10;
/** The most Stripe takes in one payment, in minor units. */
const MAX_PRICE = 99_999_999;

/** Query of the calls that carry no token. */
export class ClientQuery {
  @Matches(CLIENT_ID) client_id!: string;
}

export class MarketTokenResponse {
  @IsString() access_token!: string;
  @IsIn(['Bearer']) token_type!: 'Bearer';
  @IsInt() expires_in: number = MARKET_TOKEN_SECONDS;
  @IsString() scope!: string;
}

export class MarketMeResponse {
  @IsString() email!: string;
}

export class ChangeMarketClientRequest {
  @IsOptional() @IsString() @Length(1, 100) @Matches(/^[^\p{Cc}]+$/u) name?: string;
  /** `https://host:2083` and `https://host:2087`. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_ORIGINS)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  origins?: string[];
  @IsOptional() @IsBoolean() enabled?: boolean;
}

/** Body of `POST /console/market/clients`. */
export class CreateMarketClientRequest {
  @IsString() @Length(1, 100) @Matches(/^[^\p{Cc}]+$/u) name!: string;
  /** `https://host:2083` and `https://host:2087`. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_ORIGINS)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  origins!: string[];
}

export class MarketClientResponse {
  /** The `client_id` of the server's module. */
  @IsString() id!: string;
  @IsString() name!: string;
  @IsArray() @IsString({ each: true }) origins!: string[];
  @IsBoolean() enabled!: boolean;
  @IsString() created_at!: string;
}

export class MarketClientsResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => MarketClientResponse) items!: MarketClientResponse[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}

/** A decimal number as text. */
const PRODUCT_ID = /^[1-9]\d{0,17}$/;
const MAX_CSR_CHARS = 16_384;
const MAX_ITEMS = 20;
/** More names than one certificate carries. */
const MAX_DOMAINS = 200;

/** One thing to buy. */
export class MarketItem {
  @Matches(PRODUCT_ID) product_id!: string;
  /** PKCS #10 in PEM; certificates only. Their names are read from it. */
  @IsOptional() @IsString() @Length(1, MAX_CSR_CHARS) csr?: string;
  /** What the buyer was shown, in major units. */
  @IsOptional() @IsNumber({ allowNaN: false, allowInfinity: false }) @Min(0) remote_price?: number;
}

export class ValidateItemRequest {
  @IsDefined() @IsObject() @ValidateNested() @Type(() => MarketItem) item!: MarketItem;
}

/** Body of `POST /api/market/v1/orders`. */
export class MarketOrderRequest {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_ITEMS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => MarketItem)
  items!: MarketItem[];
  @IsOptional() @IsString() @MaxLength(2_048) url_after_checkout?: string;
}

export class MarketOrderItemView {
  @IsString() order_item_id!: string;
}

export class MarketOrderResponse {
  @IsString() order_id!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => MarketOrderItemView) order_items!: MarketOrderItemView[];
}

export class UrlAfterCheckoutRequest {
  @IsString() @MaxLength(2_048) url!: string;
}

/** A product as cPanel's list has it; the `x_` fields are a certificate's. */
export class MarketProductView {
  @IsString() product_id!: string;
  @IsString() display_name!: string;
  @IsString() base_name!: string;
  @IsString() description!: string;
  /** `@vendor/name` */
  @IsString() product!: string;
  @IsString() product_group!: string;
  @IsString() product_category!: string;
  @IsString() billing_type!: string;
  /** In major units; null when it is priced by the domain. */
  @IsOptional() @IsNumber() price!: number | null;
  @IsString() price_unit!: string;
  @IsOptional() @IsBoolean() x_ssl_per_domain_pricing?: boolean;
  @IsOptional() @IsNumber() x_price_per_domain?: number;
  @IsOptional() @IsBoolean() x_supports_dns_dcv?: boolean;
  @IsOptional() @IsInt() x_max_http_redirects?: number;
  @IsOptional() @IsString() x_validation_type?: string;
  /** A number and its unit: `[90, "day"]`. */
  @IsOptional() @IsArray() x_certificate_term?: unknown[];
  @IsOptional() @IsString() x_payment_trigger?: string;
  @IsOptional() @IsInt() x_warn_after?: number;
  @IsOptional() @IsArray() x_identity_verification?: unknown[];
}

export class MarketProductsResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => MarketProductView) products!: MarketProductView[];
}

/** Body of `POST /api/market/v1/dcv/prepare` and `undo`. */
export class DcvRequest {
  @Matches(PRODUCT_ID) product_id!: string;
  @IsString() @Length(1, MAX_CSR_CHARS) csr!: string;
  /** Names of the request; all of them when left out. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_DOMAINS)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  domains?: string[];
}

export class DcvFile {
  @IsString() relative_path!: string;
  @IsString() filename!: string;
  @IsString() content!: string;
}

export class DcvResponse {
  @ValidateNested() @Type(() => DcvFile) http!: DcvFile;
  /** Always empty: names are validated over HTTP. */
  @IsArray() dns!: unknown[];
}

export class CertificateFile extends DcvFile {
  @IsString() domain!: string;
}

export class MarketCertificateResponse {
  @IsOptional() @IsString() certificate_pem!: string | null;
  @IsOptional() @IsString() status_code!: string | null;
  @IsOptional() @IsString() status_message!: string | null;
  /** Files the certificate authority itself wants to see on the sites of the names. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => CertificateFile) http_files!: readonly CertificateFile[];
}

export class CertificateDomain {
  @IsString() domain!: string;
  @IsIn(['VALIDATED', 'NOTVALIDATED']) status!: string;
}

export class MarketCertificateStatusResponse {
  @IsObject() action_urls!: object;
  @IsObject() status_details!: object;
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => CertificateDomain)
  domain_details!: readonly CertificateDomain[];
}

/** Body of `POST /console/market/products`: a listed package. */
export class AddMarketProductRequest {
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
}

/** Body of `POST /console/market/certificate-products`. */
export class AddCertificateProductRequest {
  /** A free name in a namespace whose owner earns with it. */
  @Matches(MARKETPLACE_ID) marketplace_id!: string;
  @IsString() @Length(1, 100) @Matches(/^[^\p{Cc}]+$/u) name!: string;
  @IsString() @Length(1, 300) @Matches(/^[^\p{Cc}]+$/u) summary!: string;
  /** For each name of a certificate, in minor units. */
  @IsInt() @Min(1) @Max(MAX_PRICE) price_minor!: number;
  @Matches(/^[A-Z]{3}$/) currency!: string;
}

export class ChangeMarketProductRequest {
  @IsOptional() @IsBoolean() enabled?: boolean;
  /** Of a certificate: for each name, in minor units. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_PRICE) price_minor?: number;
}

export class MarketProductRow {
  @IsString() id!: string;
  @IsString() marketplace_id!: string;
  @IsString() name!: string;
  @IsIn(['license', 'certificate']) kind!: string;
  /** Of a license; of each name of a certificate. In minor units. */
  @IsInt() price_minor!: number;
  @IsString() currency!: string;
  @IsBoolean() enabled!: boolean;
  @IsString() created_at!: string;
}

export class MarketProductRows {
  @IsArray() @ValidateNested({ each: true }) @Type(() => MarketProductRow) items!: MarketProductRow[];
  @IsInt() count!: number;
  @IsInt() limit!: number;
  @IsInt() offset!: number;
}
