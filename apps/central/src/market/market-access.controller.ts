import { Public } from '@hansa/platform';
import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Market, Requires, type MarketCaller } from '#auth';
import { MARKET_SCOPES, MARKET_TOKEN_SECONDS } from '#tokens';
import { Authorizations } from './authorizations.service.js';
import { MarketCall } from './market-refusal.js';
import { MarketMeResponse, MarketTokenResponse } from './market.dto.js';
import { GrantError } from './market.errors.js';

const FIELDS = ['grant_type', 'code', 'redirect_uri', 'client_id', 'code_verifier'] as const;
const TOKEN_FORM = {
  schema: {
    type: 'object',
    required: [...FIELDS],
    properties: Object.fromEntries(FIELDS.map((name) => [name, { type: 'string' }])),
  },
};

/** What lets a cPanel server act for a merchant, and whom (docs/protocol/market.md §4). */
@ApiTags('Market')
@Controller('api/market/v1')
export class MarketAccessController {
  constructor(private readonly authorizations: Authorizations) {}

  /** Exchanges a code, once. */
  @Post('token')
  @HttpCode(200)
  @Public()
  @MarketCall({ form: 'read' })
  @Header('cache-control', 'no-store')
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody(TOKEN_FORM)
  @ApiOkResponse({ type: MarketTokenResponse })
  async token(@Body() form: Readonly<Record<string, unknown>> | undefined): Promise<MarketTokenResponse> {
    const fields = readFields(form ?? {});
    const access_token = await this.authorizations.exchange({
      clientId: fields.client_id,
      code: fields.code,
      redirectUri: fields.redirect_uri,
      verifier: fields.code_verifier,
    });
    return { access_token, token_type: 'Bearer', expires_in: MARKET_TOKEN_SECONDS, scope: MARKET_SCOPES.join(' ') };
  }

  /** The address of the merchant the token acts for. */
  @Get('me')
  @MarketCall()
  @Requires('market', 'profile:email')
  @Header('cache-control', 'no-store')
  @ApiBearerAuth()
  @ApiOkResponse({ type: MarketMeResponse })
  me(@Market() { email }: MarketCaller): MarketMeResponse {
    return { email };
  }
}

/** @throws {GrantError} invalid_request or unsupported_grant_type */
function readFields(form: Readonly<Record<string, unknown>>): Record<(typeof FIELDS)[number], string> {
  if (FIELDS.some((name) => typeof form[name] !== 'string' || form[name] === ''))
    throw new GrantError('invalid_request');
  const fields = form as Record<(typeof FIELDS)[number], string>;
  if (fields.grant_type !== 'authorization_code') throw new GrantError('unsupported_grant_type');
  return fields;
}
