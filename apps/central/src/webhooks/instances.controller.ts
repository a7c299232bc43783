import { RegisterInstanceRequest, RegisterInstanceResponse } from '@hansa/contracts';
import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { IsObject, IsString } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { InstanceId, Requires } from '#auth';
import { InstanceError, InstancesService } from '#instances';
import { KeyRing, publicKeySet } from '#signing';

export class RotatedSecretResponse {
  /** Shown once; the one before it signs beside it for a day. */
  @IsString() webhook_secret!: string;
}

export class RotateKeyRequest {
  /** Ed25519 public JWK. */
  @IsObject() public_key!: Record<string, unknown>;
}

export class RotatedKeyResponse {
  /** RFC 7638 thumbprint of the key that counts from here on. */
  @IsString() key_thumbprint!: string;
}

@ApiTags('Instances')
@Controller('store/marketplace/instances')
export class InstancesController {
  constructor(
    private readonly instances: InstancesService,
    private readonly keyRing: KeyRing,
  ) {}

  /**
   * Makes an instance known: 201, with its webhook secret, shown once. The instance itself, proven by a token in
   * `Authorization`, updates what is known: 200, without the secret.
   */
  @Post()
  @HttpCode(201)
  @Requires('shop')
  @ApiBearerAuth()
  @ApiCreatedResponse({ type: RegisterInstanceResponse })
  @ApiOkResponse({ type: RegisterInstanceResponse })
  async register(
    @Body() request: RegisterInstanceRequest,
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegisterInstanceResponse> {
    const { instance, webhookSecret } = await this.instances.register(request, await this.provenBy(authorization));
    if (webhookSecret === undefined) void reply.status(200);
    return {
      instance_id: instance.id,
      mode: instance.mode,
      ...(webhookSecret === undefined ? {} : { webhook_secret: webhookSecret }),
      keys: { ...publicKeySet(this.keyRing) },
    };
  }

  /** Gives the instance a new webhook secret. */
  @Post('rotate-secret')
  @HttpCode(200)
  @Requires('instance')
  @ApiBearerAuth()
  @ApiOkResponse({ type: RotatedSecretResponse })
  async rotateSecret(@InstanceId() instanceId: string): Promise<RotatedSecretResponse> {
    return { webhook_secret: await this.instances.rotateSecret(instanceId) };
  }

  /** Replaces the key of the instance; the call is signed with the old one. */
  @Post('rotate-key')
  @HttpCode(200)
  @Requires('instance')
  @ApiBearerAuth()
  @ApiOkResponse({ type: RotatedKeyResponse })
  async rotateKey(@InstanceId() instanceId: string, @Body() request: RotateKeyRequest): Promise<RotatedKeyResponse> {
    const { keyThumbprint } = await this.instances.rotateKey(instanceId, request.public_key);
    return { key_thumbprint: keyThumbprint };
  }

  /** The instance whose token the header carries. A header that proves nothing is refused, never overlooked. */
  private async provenBy(authorization: string | undefined): Promise<string | undefined> {
    if (authorization === undefined) return undefined;
    const [, token] = /^Bearer ([A-Za-z0-9._-]{1,4096})$/i.exec(authorization) ?? [];
    if (token === undefined) throw new InstanceError('INSTANCE_TOKEN_REFUSED');
    return this.instances.authenticate(token);
  }
}
