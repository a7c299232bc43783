import { Module } from '@nestjs/common';
import { StorageModule } from '#storage';
import { PictureFetcher } from './fetch-pictures.job.js';
import { PicturesController } from './pictures.controller.js';

@Module({ imports: [StorageModule], controllers: [PicturesController], providers: [PictureFetcher] })
export class PicturesModule {}
