import type { FirstPaint } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminCookies, SessionTokens } from '#access';
import { TenantConfig } from '#config';
import { AdminsService } from './admins.service.js';
import { firstWordsFor } from './first-words.js';
import { SettingsService } from './settings.service.js';

/** What the start of the tab asks for, exactly as it asks (apps/tenant-web), written as HTML: the browser fetches it while the scripts load. */
const ASKED_FIRST = [
  '/admin/marketplace/feed?limit=24&amp;offset=0',
  '/admin/marketplace/status',
  '/admin/plugins?limit=100',
];

/** What the pages of the tab show before their scripts run. */
@Injectable()
export class AdminPages {
  private readonly cookies: AdminCookies;

  constructor(
    private readonly sessions: SessionTokens,
    private readonly admins: AdminsService,
    private readonly settings: SettingsService,
    { baseUrl }: TenantConfig,
  ) {
    this.cookies = new AdminCookies(baseUrl);
  }

  /** The first paint for whoever is signed in. For everybody else undefined: who that is, the app has to ask. */
  async render({ url, headers }: FastifyRequest): Promise<FirstPaint | undefined> {
    if (headers.accept?.includes('text/html') !== true) return undefined;
    const token = this.cookies.tokenOf(headers);
    const adminId = token === undefined ? null : await this.sessions.read(token);
    const email = adminId === null ? null : await this.admins.emailOf(adminId);
    if (email === null) return undefined;
    const { language, brand, title, lead } = firstWordsFor(headers['accept-language']);
    const isStart = url === '/marketplace';
    const asked = isStart ? ASKED_FIRST : [];
    return {
      status: 200,
      language,
      head: [
        `<title>${brand}</title>`,
        ...asked.map((path) => `<link rel="preload" as="fetch" crossorigin href="${path}">`),
      ].join('\n'),
      body: `<div class="fp"><header>${brand}</header><main>${isStart ? `<h1>${title}</h1><p class="fp-dim">${lead}</p>` : ''}</main></div>`,
      data: { '/auth/session': { email }, '/admin/settings': await this.settings.read() },
    };
  }
}
