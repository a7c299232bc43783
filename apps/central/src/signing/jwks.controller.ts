import { Public } from '@hansa/platform';
import { sha256Hex } from '@hansa/trust';
import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { KeyRing } from './key-ring.js';
import { KEY_PURPOSES, type KeyPurpose } from './signing-key.entity.js';

/** How a key's purpose is told to verifiers: the `typ` of what it makes. */
const USE_OF_PURPOSE: Partial<Record<KeyPurpose, { use: string; alg: string; typ: string }>> = {
  license: { use: 'sig', alg: 'EdDSA', typ: 'license+jwt' },
  revocations: { use: 'sig', alg: 'EdDSA', typ: 'license-revocations+jws' },
  ext: { use: 'sig', alg: 'ES256', typ: 'ext+jwt' },
  sealing: { use: 'enc', alg: 'ECDH-ES', typ: 'instance-id+jwe' },
};

export interface PublicKeySet {
  readonly keys: readonly Record<string, unknown>[];
}

/** The hub's public keys by purpose; private members never leave the ring. */
export function publicKeySet(ring: KeyRing): PublicKeySet {
  const keys = KEY_PURPOSES.flatMap((purpose) => {
    const told = USE_OF_PURPOSE[purpose];
    return told ? ring.accepted(purpose).map(({ kid, publicJwk }) => ({ ...publicJwk, kid, ...told })) : [];
  });
  return { keys };
}

@ApiTags('Keys')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly ring: KeyRing) {}

  /** Public keys by purpose (federation.md §2). */
  @Get('jwks.json')
  @Public()
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  @ApiOkResponse({ schema: { type: 'object', properties: { keys: { type: 'array', items: { type: 'object' } } } } })
  read(
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): PublicKeySet | undefined {
    const keys = publicKeySet(this.ring);
    const etag = `"${sha256Hex(Buffer.from(JSON.stringify(keys))).slice(0, 32)}"`;
    void reply.header('etag', etag);
    if (known !== etag) return keys;
    void reply.code(304);
    return undefined;
  }
}
