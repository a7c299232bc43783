import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '#access';
import { SettingsService, type ShopSettings } from './settings.service.js';

@ApiTags('Admin')
@Controller('admin/settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @Requires('admin')
  read(): Promise<ShopSettings> {
    return this.settings.read();
  }
}
