import { InstanceProof } from '@hansa/contracts';
import { Outbound } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { CentralConfig } from '#config';

const PROOF_PATH = '/.well-known/marketplace-instance.json';
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4_096;

/** Asks a shop to show that whoever answers at its address holds the instance key, before anything is pushed there. */
@Injectable()
export class BaseUrlProof {
  private readonly outbound: Outbound;

  constructor(config: CentralConfig) {
    this.outbound = new Outbound({ allowPrivate: config.instances.allowPrivate });
  }

  /** Whether the address names the key. Unreachable, private, slow and wrong are all no. */
  async holds(baseUrl: string, keyThumbprint: string): Promise<boolean> {
    try {
      const { status, body } = await this.outbound.request(`${baseUrl}${PROOF_PATH}`, {
        method: 'GET',
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      });
      if (status !== 200) return false;
      const proof = plainToInstance(InstanceProof, JSON.parse(body.toString()) as object);
      return validateSync(proof).length === 0 && proof.key_thumbprint === keyThumbprint;
    } catch {
      return false; // whatever went wrong, nothing was proven
    }
  }
}
