import type { AddPublisherKeyRequest } from '@hansa/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { AccountError, PublisherKey, PublishersService } from '#accounts';

@Injectable()
export class PublisherKeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly publishers: PublishersService,
  ) {}

  /** @throws {AccountError} PUBLISHER_KEY_REFUSED or PUBLISHER_KEY_TAKEN */
  async add(publisherId: string, { name, public_key }: AddPublisherKeyRequest): Promise<PublisherKey> {
    return this.publishers.addKey(publisherId, name, parse(public_key), `publisher:${publisherId}`);
  }

  async list(publisherId: string): Promise<PublisherKey[]> {
    const where = { publisherId, revokedAt: IsNull() };
    return this.dataSource.manager.find(PublisherKey, { where, order: { addedAt: 'ASC', kid: 'ASC' } });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AccountError('PUBLISHER_KEY_REFUSED', { cause });
  }
}
