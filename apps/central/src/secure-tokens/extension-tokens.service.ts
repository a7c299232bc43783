import { randomUUID } from 'node:crypto';
import { Clock } from '@hansa/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MerchantsService, type SignedInMerchant } from '#accounts';
import { CentralConfig } from '#config';
import { LicensesService } from '#licenses';
import { KeyRing } from '#signing';
import { Extension, ExtensionInstallation } from './extension.entity.js';
import { audienceFor } from './extension-standing.js';
import { ExtensionTokenError } from './secure-tokens.errors.js';
import {
  EXTENSION_TOKEN_SECONDS,
  extensionSigner,
  signExtensionToken,
  type ExtensionSigner,
} from './sign-extension-token.js';

export interface IssueExtensionToken {
  readonly extensionId: string;
  /** Null for the extension's only API. */
  readonly audience: string | null;
  /** Null for the only shop the person belongs to. */
  readonly tenant: string | null;
}

export interface IssuedExtensionToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Swaps a session for a short token that tells a third-party API who is asking. */
@Injectable()
export class ExtensionTokens {
  private signer: ExtensionSigner | undefined;
  private readonly issuer: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly keyRing: KeyRing,
    private readonly merchants: MerchantsService,
    private readonly licenses: LicensesService,
    config: CentralConfig,
  ) {
    this.issuer = new URL(config.hubUrl).origin;
  }

  /**
   * A token for one API of an extension, for a live member of a shop that has the extension and may use it.
   *
   * @throws {ExtensionTokenError} FORBIDDEN, EXTENSION_NOT_INSTALLED, EXTENSION_DISABLED, LICENCE_INACTIVE,
   *   AUDIENCE_NOT_ALLOWED or BAD_USER_INPUT
   */
  async issue(merchant: SignedInMerchant, request: IssueExtensionToken): Promise<IssuedExtensionToken> {
    const tenant = await this.shopOf(merchant, request.tenant);
    const verdict = audienceFor(await this.standingOf(request.extensionId, tenant), request.audience);
    if ('refusal' in verdict) throw new ExtensionTokenError(verdict.refusal);
    const iat = Math.floor(this.clock.now().getTime() / 1_000);
    const exp = iat + EXTENSION_TOKEN_SECONDS;
    const token = signExtensionToken(this.activeSigner(), {
      iss: this.issuer,
      sub: merchant.accountId,
      aud: verdict.audience,
      name: merchant.email,
      tenant,
      ext: request.extensionId,
      jti: randomUUID(),
      iat,
      exp,
    });
    return { token, expiresAt: new Date(exp * 1_000) };
  }

  private async shopOf({ accountId }: SignedInMerchant, wish: string | null): Promise<string> {
    const shops = await this.merchants.listShops(accountId);
    if (wish !== null ? !shops.includes(wish) : shops.length === 0) throw new ExtensionTokenError('FORBIDDEN');
    if (wish === null && shops.length > 1) throw new ExtensionTokenError('BAD_USER_INPUT', 'Say which tenant.');
    return wish ?? shops[0]!;
  }

  private async standingOf(extensionId: string, instanceId: string) {
    const db = this.dataSource.manager;
    const installation = (await db.findOneBy(ExtensionInstallation, { extensionId, instanceId })) ?? undefined;
    const extension = installation && (await db.findOneByOrFail(Extension, { id: extensionId }));
    const packageId = extension?.packageId ?? null;
    const isLicensed = packageId === null || (await this.licenses.findHeld(db, packageId, instanceId)) !== undefined;
    return { installation, extension, isLicensed };
  }

  /** The key that signs now, read once. */
  private activeSigner(): ExtensionSigner {
    const { kid, privateJwk } = this.keyRing.active('ext');
    if (this.signer?.kid !== kid) this.signer = extensionSigner(kid, privateJwk);
    return this.signer;
  }
}
