import { Module } from '@nestjs/common';
import { CatalogModule } from '#catalog';
import { StorefrontController } from './storefront.controller.js';
import { Storefront } from './storefront.service.js';

@Module({ imports: [CatalogModule], controllers: [StorefrontController], providers: [Storefront] })
export class StorefrontModule {}
