import type { FirstPaint } from '@hansa/platform';
import type { StorefrontPackages, StorefrontProduct } from '@hansa/contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CatalogError, type FinishedResponse } from '#catalog';
import { CentralConfig } from '#config';
import { catalogPaint, missingPaint, productPaint } from './first-paint.js';
import { languageFor } from './first-words.js';
import { Storefront } from './storefront.service.js';

/** Cards of the catalog’s first page, as the app asks for them. */
const CARDS = 24;
const PRODUCT = /^\/plugins\/(@[^/?#]+)\/([^/?#]+)$/;

/** What the pages of the storefront show before their scripts run. It comes from the same finished answers the API gives. */
@Injectable()
export class StorefrontPages {
  constructor(
    private readonly storefront: Storefront,
    private readonly config: CentralConfig,
  ) {}

  /** The first paint of a page of the storefront; undefined for every other page, and for a catalog somebody searched in. */
  async render({ url, headers }: FastifyRequest): Promise<FirstPaint | undefined> {
    const language = languageFor(headers['accept-language']);
    const page = { hubUrl: this.config.hubUrl, language };
    const [path = '', search] = url.split('?', 2);
    if (path === '/' && search === undefined) {
      const found = readJson(await this.storefront.packages('/', { limit: CARDS })) as StorefrontPackages;
      return catalogPaint(found, { '/storefront/packages': found }, page);
    }
    const [, vendor, name] = PRODUCT.exec(path) ?? [];
    if (vendor === undefined || name === undefined) return undefined;
    try {
      const id = `${vendor}/${name}`;
      const product = readJson(await this.storefront.product(`/plugins/${id}`, id)) as StorefrontProduct;
      return productPaint(product, { [`/storefront/packages/${id}`]: product }, page);
    } catch (error) {
      if (error instanceof CatalogError) return missingPaint(language);
      throw error;
    }
  }
}

function readJson({ representations }: FinishedResponse): unknown {
  return JSON.parse(representations.identity.body.toString());
}
