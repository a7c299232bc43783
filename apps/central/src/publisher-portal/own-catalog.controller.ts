import {
  ListingView,
  OwnPackages,
  OwnReleases,
  OwnReleasesQuery,
  ReleaseProgress,
  SearchQuery,
} from '@hansa/contracts';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { PublisherId, Requires } from '#auth';
import { listingView, ReleaseDossierService } from '#releases';
import { OwnCatalog } from './own-catalog.service.js';

@ApiTags('Publisher')
@ApiBearerAuth()
@Controller('publisher')
export class OwnCatalogController {
  constructor(
    private readonly catalog: OwnCatalog,
    private readonly dossiers: ReleaseDossierService,
  ) {}

  /** The publisher's packages by id, published or not. */
  @Get('packages')
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: OwnPackages })
  async packages(@PublisherId() publisherId: string, @Query() query: SearchQuery): Promise<OwnPackages> {
    return this.catalog.packages(publisherId, query);
  }

  /** What the listing of a package says. */
  @Get('packages/:vendor/:name')
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: ListingView })
  async listing(
    @PublisherId() publisherId: string,
    @Param('vendor') vendor: string,
    @Param('name') name: string,
  ): Promise<ListingView> {
    return listingView(await this.catalog.listing(publisherId, `${vendor}/${name}`));
  }

  /** The publisher's releases, latest submission first. */
  @Get('releases')
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: OwnReleases })
  async releases(@PublisherId() publisherId: string, @Query() query: OwnReleasesQuery): Promise<OwnReleases> {
    return this.catalog.releases(publisherId, query);
  }

  /** How far the checks of a release are, and what the reviewer wrote with his decision. */
  @Get('releases/:id/checks')
  @Requires('publisher', 'releases:read')
  @ApiOkResponse({ type: ReleaseProgress })
  async checks(@PublisherId() publisherId: string, @Param('id') id: string): Promise<ReleaseProgress> {
    const { release, checks } = await this.dossiers.read(id, { publisherId });
    return {
      checks: checks.map(({ name, status, finishedAt }) => ({
        name,
        status,
        finished_at: finishedAt?.toISOString() ?? null,
      })),
      review_note: release.reviewNote,
    };
  }
}
