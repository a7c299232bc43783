import { Public } from '@hansa/platform';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { renderReturnPage, RETURN_PAGE_HEADERS } from '#checkout';

/** Where Stripe's onboarding sends the publisher's browser. They only speak: Stripe's own word says whether it may be paid. */
@ApiTags('Publisher')
@Controller('payout-account')
export class OnboardingPagesController {
  /** After the form. */
  @Get('done')
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page for people.' })
  done(@Res() reply: FastifyReply): void {
    show(reply, 'Thank you', 'Stripe checks what you entered. Your payout account says when payouts can begin.');
  }

  /** When the link was used or is too old. */
  @Get('again')
  @Public()
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'A page for people.' })
  again(@Res() reply: FastifyReply): void {
    show(reply, 'This link has been used', 'Ask for another link to your payout account to go on.');
  }
}

function show(reply: FastifyReply, title: string, text: string): void {
  void reply.headers(RETURN_PAGE_HEADERS).send(renderReturnPage({ title, text, baseUrl: undefined }));
}
