import { AnswerLicenseRequest, LicenseResponseFile } from '@hansa/contracts';
import { Body, Controller, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { OperatorActor, Requires } from '#auth';
import { answerView, OfflineRequests } from '#licenses';

@ApiTags('Console')
@ApiBearerAuth()
@Controller('console/license-requests')
export class LicenseRequestsController {
  constructor(private readonly requests: OfflineRequests) {}

  /** Answers the license request of a shop without a line to the hub, for whoever sent it in. */
  @Post()
  @Requires('operator')
  @ApiCreatedResponse({ type: LicenseResponseFile })
  async answer(
    @Body() { request }: AnswerLicenseRequest,
    @OperatorActor() actor: string,
  ): Promise<LicenseResponseFile> {
    return answerView(await this.requests.answer(request, actor));
  }
}
