import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { OperatorActor, Requires } from '#auth';
import { LicenseChanges } from '#licenses';

export class LicenseDecisionRequest {
  /** Why, for the audit log; the shop reads it too. */
  @IsString() @Length(3, 500) reason!: string;
}

/** What an operator decides about one license. The shops that run it hear of it at once. */
@ApiTags('Console')
@ApiBearerAuth()
@Controller('console/licenses')
export class LicensesController {
  constructor(private readonly changes: LicenseChanges) {}

  /** Stops a license until it is reinstated. */
  @Post(':id/suspend')
  @HttpCode(204)
  @Requires('operator')
  @ApiNoContentResponse()
  async suspend(
    @Param('id') id: string,
    @Body() { reason }: LicenseDecisionRequest,
    @OperatorActor() actor: string,
  ): Promise<void> {
    await this.changes.decide(id, { hold: 'suspended', reason, actor });
  }

  /** Takes a license back. */
  @Post(':id/revoke')
  @HttpCode(204)
  @Requires('operator')
  @ApiNoContentResponse()
  async revoke(
    @Param('id') id: string,
    @Body() { reason }: LicenseDecisionRequest,
    @OperatorActor() actor: string,
  ): Promise<void> {
    await this.changes.decide(id, { hold: 'revoked', reason, actor });
  }

  /** Lifts what an operator decided; what follows from the payments stays. */
  @Post(':id/reinstate')
  @HttpCode(204)
  @Requires('operator')
  @ApiNoContentResponse()
  async reinstate(
    @Param('id') id: string,
    @Body() { reason }: LicenseDecisionRequest,
    @OperatorActor() actor: string,
  ): Promise<void> {
    await this.changes.decide(id, { hold: null, reason, actor });
  }
}
