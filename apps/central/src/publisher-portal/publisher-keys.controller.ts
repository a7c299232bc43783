import { AddPublisherKeyRequest, PublisherKeyView } from '@hansa/contracts';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AccountError, PublisherKeysService, type PublisherKey } from '#accounts';
import { PublisherActor, PublisherId, Requires } from '#auth';
import { KeyList, ReasonRequest, RotateKeyRequest } from './portal.dto.js';
import { wholeList } from './portal-views.js';

/** The keys a publisher signs with. A publish-only token may look at them and no more: it must not be able to add its own. */
@ApiTags('Publisher')
@Controller('publisher/keys')
export class PublisherKeysController {
  constructor(private readonly keys: PublisherKeysService) {}

  /** Adds a key. The same key again is the key it already is. */
  @Post()
  @Requires('publisher', 'full')
  @ApiCreatedResponse({ type: PublisherKeyView })
  async add(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Body() { name, public_key, valid_from, valid_until }: AddPublisherKeyRequest,
  ): Promise<PublisherKeyView> {
    const key = { name, publicKey: parse(public_key), validFrom: timeOf(valid_from), validUntil: timeOf(valid_until) };
    return keyView(await this.keys.add(publisherId, key, actor));
  }

  /** Every key, oldest first; those that are over too. */
  @Get()
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: KeyList })
  async list(@PublisherId() publisherId: string): Promise<KeyList> {
    return wholeList((await this.keys.list(publisherId)).map(keyView));
  }

  /** Adds the key that takes over; the old one signs until the overlap ends. */
  @Post(':kid/rotate')
  @Requires('publisher', 'full')
  @ApiCreatedResponse({ type: PublisherKeyView })
  async rotate(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('kid') kid: string,
    @Body() { name, public_key, overlap_days }: RotateKeyRequest,
  ): Promise<PublisherKeyView> {
    const next = { name, publicKey: parse(public_key) };
    return keyView(await this.keys.rotate(publisherId, kid, next, overlap_days, actor));
  }

  /** Ends a key at once. */
  @Post(':kid/revoke')
  @HttpCode(200)
  @Requires('publisher', 'full')
  @ApiOkResponse({ type: PublisherKeyView })
  async revoke(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('kid') kid: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<PublisherKeyView> {
    return keyView(await this.keys.revoke(publisherId, kid, reason, actor));
  }
}

function keyView({
  kid,
  name,
  addedAt,
  validFrom,
  validUntil,
  revokedAt,
  revokedReason,
}: PublisherKey): PublisherKeyView {
  return {
    kid,
    name,
    added_at: addedAt.toISOString(),
    valid_from: validFrom?.toISOString() ?? null,
    valid_until: validUntil?.toISOString() ?? null,
    revoked_at: revokedAt?.toISOString() ?? null,
    revoked_reason: revokedReason,
  };
}

function timeOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AccountError('PUBLISHER_KEY_REFUSED', { cause });
  }
}
