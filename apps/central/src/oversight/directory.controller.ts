import { ConsoleInstances, ConsolePackages, ConsolePublishers, SearchQuery } from '@hansa/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '#auth';
import { Directory } from './directory.service.js';

@ApiTags('Console')
@ApiBearerAuth()
@Controller('console')
export class DirectoryController {
  constructor(private readonly directory: Directory) {}

  /** Packages by id, published or not. */
  @Get('packages')
  @Requires('operator')
  @ApiOkResponse({ type: ConsolePackages })
  async packages(@Query() query: SearchQuery): Promise<ConsolePackages> {
    return this.directory.packages(query);
  }

  /** Publishers by name. */
  @Get('publishers')
  @Requires('operator')
  @ApiOkResponse({ type: ConsolePublishers })
  async publishers(@Query() query: SearchQuery): Promise<ConsolePublishers> {
    return this.directory.publishers(query);
  }

  /** Shops, the youngest first. */
  @Get('instances')
  @Requires('operator')
  @ApiOkResponse({ type: ConsoleInstances })
  async instances(@Query() query: SearchQuery): Promise<ConsoleInstances> {
    return this.directory.instances(query);
  }
}
