import { InstanceProof } from '@hansa/contracts';
import { Public } from '@hansa/platform';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { InstanceService } from './instance.service.js';

@ApiTags('Hub')
@Controller('.well-known')
export class InstanceProofController {
  constructor(private readonly instance: InstanceService) {}

  /** Shows the hub that whoever answers here holds the instance key (federation.md §2). */
  @Get('marketplace-instance.json')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ type: InstanceProof })
  async prove(): Promise<InstanceProof> {
    const { keyThumbprint } = await this.instance.identity();
    return { key_thumbprint: keyThumbprint };
  }
}
