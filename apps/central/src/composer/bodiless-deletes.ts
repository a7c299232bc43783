import { fastifyOf } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * Sellers' scripts send `Content-Type: application/json` with everything, also with a DELETE that has no body. The type of nothing
 * is passed over, or the strict JSON reader would refuse the empty text.
 */
@Injectable()
export class BodilessDeletes implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = fastifyOf(this.adapterHost);
    fastify?.addHook('onRequest', (request, _reply, done) => {
      const { method, url, headers } = request.raw;
      const isEmpty = headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
      if (method === 'DELETE' && url?.startsWith('/api/') && isEmpty) delete headers['content-type'];
      done();
    });
  }
}
