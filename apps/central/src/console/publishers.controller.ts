import { NamespaceView, NAMESPACE } from '@hansa/contracts';
import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { AccountError, PublishersService } from '#accounts';
import { OperatorActor, Requires } from '#auth';

export class ReviewRuleRequest {
  /** Two operators have to approve each release of this publisher. */
  @IsBoolean() two_person!: boolean;
}

@ApiTags('Console')
@Controller('console')
export class PublishersController {
  constructor(private readonly publishers: PublishersService) {}

  /** Namespaces that wait to be verified, longest first, with those each could be taken for. */
  @Get('namespaces')
  @Requires('operator')
  async list() {
    const items = (await this.publishers.listUnverified()).map(({ namespace, publisher, resembles }) => ({
      namespace: namespace.namespace,
      claimed_at: namespace.claimedAt.toISOString(),
      publisher: { id: publisher.id, name: publisher.name },
      resembles,
    }));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Says that a publisher is who its namespace says. Saying it again changes nothing. */
  @Post('namespaces/:namespace/verify')
  @HttpCode(200)
  @Requires('operator')
  @ApiOkResponse({ type: NamespaceView })
  async verify(@Param('namespace') namespace: string, @OperatorActor() actor: string): Promise<NamespaceView> {
    if (!NAMESPACE.test(namespace)) throw new AccountError('NAMESPACE_UNKNOWN');
    const { claimedAt } = await this.publishers.verifyNamespace(namespace, actor);
    return { namespace, verified: true, claimed_at: claimedAt.toISOString() };
  }

  /** Sets whether two people have to approve each release of a publisher. */
  @Put('publishers/:id/review')
  @HttpCode(200)
  @Requires('operator')
  async setReview(
    @Param('id') id: string,
    @Body() { two_person }: ReviewRuleRequest,
    @OperatorActor() actor: string,
  ): Promise<object> {
    const { twoPersonReview } = await this.publishers.setTwoPersonReview(id, two_person, actor);
    return { id, two_person: twoPersonReview };
  }
}
