import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { MARKET_TOKEN_SECONDS } from '#tokens';

export const CLIENT_ID = /^mcl_[0-9A-HJKMNP-TV-Z]{26}$/;
const MAX_ORIGINS = 10;

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
