import { MARKETPLACE_ID, SEMVER } from '@hansa/contracts';
import { IsEmail, IsOptional, Matches, MaxLength } from 'class-validator';

/** Body of `POST /admin/marketplace/checkout`. The shop adds who it is; nothing else goes to the hub. */
export class CheckoutRequest {
  @MaxLength(110) @Matches(MARKETPLACE_ID) marketplace_id!: string;
  /** The newest when left out. */
  @IsOptional() @MaxLength(128) @Matches(SEMVER) version?: string;
  /** For the receipt. */
  @IsEmail() @MaxLength(254) customer_email!: string;
}
