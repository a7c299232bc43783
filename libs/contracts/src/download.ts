import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Min, ValidateNested } from 'class-validator';
import { ReleaseSignature } from './feed.js';
import { SHA256_HEX } from './ids.js';

/** Answer of `GET /store/marketplace/download/{marketplaceId}/{version}`: where the bytes are for the next minutes. */
export class DownloadResponse {
  @IsString() url!: string;
  @IsString() expires_at!: string;
  @Matches(SHA256_HEX) sha256!: string;
  @IsOptional() @IsInt() @Min(1) size_bytes?: number;
  /** The version the answer is about: what `latest` stood for. */
  @IsOptional() @IsString() version?: string;
  @IsOptional() @ValidateNested() @Type(() => ReleaseSignature) signature?: ReleaseSignature;
  @IsOptional() @IsString() tuf_target?: string;
}
