import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '#access';
import { UpdatesService, type UpdatesView } from './updates.service.js';

@ApiTags('Plugins')
@Controller('admin/plugins')
export class UpdatesController {
  constructor(private readonly updates: UpdatesService) {}

  /** What is newer than what is installed. */
  @Get('check-updates')
  @Requires('admin')
  async check(): Promise<UpdatesView> {
    return this.updates.check();
  }
}
