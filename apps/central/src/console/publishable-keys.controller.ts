import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { OperatorActor, Requires } from '#auth';
import { PublishableKeys } from '#tokens';

export class IssuePublishableKeyRequest {
  @IsString() @Length(1, 80) name!: string;
}

@ApiTags('Console')
@Controller('console/publishable-keys')
export class PublishableKeysController {
  constructor(private readonly keys: PublishableKeys) {}

  /** Every key with its first characters; the keys themselves are shown once, when issued. */
  @Get()
  @Requires('operator')
  async list() {
    const keys = await this.keys.list();
    const items = keys.map(({ id, name, hint, createdAt, revokedAt }) => ({
      id,
      name,
      hint,
      created_at: createdAt.toISOString(),
      revoked_at: revokedAt?.toISOString() ?? null,
    }));
    return { items, count: items.length, limit: items.length, offset: 0 };
  }

  /** Issues a key. The answer is the only place it is ever shown. */
  @Post()
  @Requires('operator')
  async issue(
    @Body() { name }: IssuePublishableKeyRequest,
    @OperatorActor() actor: string,
  ): Promise<{ id: string; key: string }> {
    return this.keys.issue(name, actor);
  }

  /** Ends a key at once. */
  @Delete(':id')
  @HttpCode(204)
  @Requires('operator')
  async revoke(@Param('id') id: string, @OperatorActor() actor: string): Promise<void> {
    await this.keys.revoke(id, actor);
  }
}
