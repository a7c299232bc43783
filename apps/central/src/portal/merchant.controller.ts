import { INSTANCE_ID } from '@hansa/contracts';
import { enqueue, inTransaction } from '@hansa/platform';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCookieAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { DataSource } from 'typeorm';
import { ShopMembers, type MerchantRole } from '#accounts';
import { Merchant, Requires, type MerchantCaller } from '#auth';
import { offerSignIn } from './offer-sign-in.job.js';

const ROLES = ['member', 'admin', 'owner'] as const;

export class ShopParams {
  @Matches(INSTANCE_ID) shop!: string;
}
export class MemberParams extends ShopParams {
  @IsUUID() member!: string;
}
export class InviteMemberRequest {
  @IsEmail() @MaxLength(254) email!: string;
  @IsIn(ROLES) role!: MerchantRole;
}
export class ChangeMemberRequest {
  @IsIn(ROLES) role!: MerchantRole;
}
export class MerchantShopView {
  @IsString() instance_id!: string;
  @IsString() base_url!: string;
  @IsString() environment!: string;
  @IsIn(ROLES) role!: MerchantRole;
}
export class MerchantView {
  @IsString() id!: string;
  /** Null for a shop's own account. */
  @IsOptional() @IsString() email!: string | null;
  /** What was bought with the address is shown once it is proven by a link sent there. */
  @IsBoolean() email_proven!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => MerchantShopView) shops!: MerchantShopView[];
}
export class ShopMemberView {
  /** Null for somebody who was invited and has not come yet. */
  @IsOptional() @IsString() account_id!: string | null;
  @IsOptional() @IsString() email!: string | null;
  @IsIn(ROLES) role!: MerchantRole;
}
export class ShopMembersResponse {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ShopMemberView) items!: ShopMemberView[];
}

/** Who is signed in, and who belongs to which shop. */
@ApiTags('Merchants')
@ApiCookieAuth()
@Controller('portal/api')
export class MerchantController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly members: ShopMembers,
  ) {}

  /** Who is signed in, with his shops. */
  @Get('me')
  @Requires('merchant')
  @ApiOkResponse({ type: MerchantView })
  async me(@Merchant() { accountId, email, emailProven }: MerchantCaller): Promise<MerchantView> {
    return { id: accountId, email, email_proven: emailProven, shops: await this.members.listShops(accountId) };
  }

  /** Members of a shop and who is invited to it. */
  @Get('shops/:shop/members')
  @Requires('merchant')
  @ApiOkResponse({ type: ShopMembersResponse })
  async list(@Merchant() { accountId }: MerchantCaller, @Param() { shop }: ShopParams): Promise<ShopMembersResponse> {
    return { items: await this.members.list(accountId, shop) };
  }

  /** Invites somebody by mail, with a link that signs in. For owners. */
  @Post('shops/:shop/members')
  @HttpCode(204)
  @Requires('merchant')
  @ApiNoContentResponse()
  async invite(
    @Merchant() { accountId }: MerchantCaller,
    @Param() { shop }: ShopParams,
    @Body() { email, role }: InviteMemberRequest,
  ): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await this.members.invite(tx, accountId, { instanceId: shop, email, role });
      await enqueue(tx, offerSignIn, { email: email.toLowerCase() });
    });
  }

  /** Gives a member another role. For owners. */
  @Patch('shops/:shop/members/:member')
  @HttpCode(204)
  @Requires('merchant')
  @ApiNoContentResponse()
  async change(
    @Merchant() { accountId }: MerchantCaller,
    @Param() { shop, member }: MemberParams,
    @Body() { role }: ChangeMemberRequest,
  ): Promise<void> {
    await this.members.change(accountId, shop, member, role);
  }

  /** Ends a membership. For owners, and for everybody about himself. */
  @Delete('shops/:shop/members/:member')
  @HttpCode(204)
  @Requires('merchant')
  @ApiNoContentResponse()
  async end(@Merchant() { accountId }: MerchantCaller, @Param() { shop, member }: MemberParams): Promise<void> {
    await this.members.change(accountId, shop, member, null);
  }
}
