import { IssuedToken, NamespaceView, PublisherView } from '@hansa/contracts';
import { Clock } from '@hansa/platform';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { MembersService, PublishersService } from '#accounts';
import { PublisherActor, PublisherId, Requires } from '#auth';
import { PublisherTokens } from '#tokens';
import { ClaimNamespaceRequest, InviteRequest, IssueTokenRequest, RoleRequest } from './portal.dto.js';
import { memberRow, namespaceView, publisherView, tokenView, wholeList } from './portal-views.js';

const DAY_MS = 86_400_000;

/** A publisher’s namespaces, people and tokens; for owners. */
@ApiTags('Publisher')
@Controller('publisher')
export class PublisherTeamController {
  constructor(
    private readonly publishers: PublishersService,
    private readonly members: MembersService,
    private readonly tokens: PublisherTokens,
    private readonly clock: Clock,
  ) {}

  /** The publisher and its namespaces. */
  @Get()
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: PublisherView })
  async read(@PublisherId() publisherId: string): Promise<PublisherView> {
    return publisherView(await this.publishers.find(publisherId));
  }

  /** Claims a namespace; an operator verifies it. Claiming it again is harmless. */
  @Post('namespaces')
  @Requires('publisher', 'full')
  @ApiCreatedResponse({ type: NamespaceView })
  async claim(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Body() { namespace }: ClaimNamespaceRequest,
  ): Promise<NamespaceView> {
    return namespaceView(await this.publishers.claimNamespace(publisherId, namespace, actor));
  }

  /** Makes a publish-only token; shown once. */
  @Post('tokens')
  @Requires('publisher', 'full')
  @ApiCreatedResponse({ type: IssuedToken })
  async issueToken(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Body() { name, scopes, days }: IssueTokenRequest,
  ): Promise<IssuedToken> {
    const expiresAt = new Date(this.clock.now().getTime() + days * DAY_MS);
    return this.tokens.issue(publisherId, name, actor, { scopes, expiresAt });
  }

  /** Tokens, newest first, without their secrets. */
  @Get('tokens')
  @Requires('publisher', 'full')
  async listTokens(@PublisherId() publisherId: string) {
    return wholeList((await this.tokens.list(publisherId)).map(tokenView));
  }

  /** Ends a token at once. */
  @Delete('tokens/:id')
  @HttpCode(204)
  @Requires('publisher', 'full')
  async revokeToken(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('id') id: string,
  ): Promise<void> {
    await this.tokens.revoke(publisherId, id, actor);
  }

  /** Who acts for the publisher. */
  @Get('members')
  @Requires('publisher', 'full')
  async listMembers(@PublisherId() publisherId: string) {
    return wholeList((await this.members.list(publisherId)).map(memberRow));
  }

  /** Mails an invitation. */
  @Post('invitations')
  @HttpCode(202)
  @Requires('publisher', 'full')
  async invite(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Body() { email, role }: InviteRequest,
  ): Promise<object> {
    await this.members.invite(publisherId, email, role, actor);
    return { sent: true };
  }

  /** Gives a member another role. */
  @Put('members/:accountId')
  @HttpCode(204)
  @Requires('publisher', 'full')
  async changeRole(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('accountId') accountId: string,
    @Body() { role }: RoleRequest,
  ): Promise<void> {
    await this.members.changeRole(publisherId, accountId, role, actor);
  }

  /** Ends a membership. */
  @Delete('members/:accountId')
  @HttpCode(204)
  @Requires('publisher', 'full')
  async removeMember(
    @PublisherId() publisherId: string,
    @PublisherActor() actor: string,
    @Param('accountId') accountId: string,
  ): Promise<void> {
    await this.members.remove(publisherId, accountId, actor);
  }
}
