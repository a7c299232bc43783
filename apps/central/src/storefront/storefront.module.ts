import { Module } from '@nestjs/common';
import { CatalogModule } from '#catalog';
import { StorefrontPages } from './storefront-pages.js';
import { StorefrontController } from './storefront.controller.js';
import { Storefront } from './storefront.service.js';

@Module({ imports: [CatalogModule], controllers: [StorefrontController], providers: [Storefront, StorefrontPages] })
export class StorefrontModule {}
