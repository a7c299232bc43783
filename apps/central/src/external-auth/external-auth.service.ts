import { createHash } from 'node:crypto';
import { Clock, RateLimiter, RequestError, SecretBox } from '@hansa/platform';
import {
  destinationOf,
  ExternalAuthError,
  failureUrl,
  isForeignDestination,
  pickToken,
  readerExitOf,
  readExternalToken,
  verifyExternalToken,
  type ExternalAuthCode,
  type ExternalClaims,
  type ExternalIssuer,
  type PresentedTokens,
  type PublicExternalAuthCode,
} from '@hansa/external-auth';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MerchantsService } from '#accounts';
import { CentralConfig } from '#config';
import { claimTokenId, findIssuer, findLogoutUrl, type IssuerRow } from './external-auth.repository.js';
import { keyContext } from './external-issuers.service.js';
import { Store } from './store.js';

/** A token is accepted until its `exp` and the leeway; its id is remembered at least as long. */
const KEEP_USES_MS = 60_000;

/** Who asks to come in, and from where. */
export interface ExternalSignInRequest {
  readonly tokens: PresentedTokens;
  /** The session this browser has. */
  readonly sessionToken: string | undefined;
  readonly address: string;
}

/** Facts for the log: which issuer and which token id, never the token or the person. */
export interface SignInTrace {
  issuerId?: string;
  jtiHash?: string;
  foreignDestination?: boolean;
}

export type SignInOutcome =
  | {
      readonly kind: 'signed_in';
      readonly destination: string;
      readonly sessionToken: string;
      readonly expiresAt: Date;
      readonly replacedAnother: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly code: ExternalAuthCode;
      readonly publicCode: PublicExternalAuthCode;
      /** Where the browser goes; null when no issuer was recognized, and then it goes nowhere. */
      readonly redirectUrl: string | null;
    };

@Injectable()
export class ExternalAuthService {
  private readonly limiter = new RateLimiter();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly secretBox: SecretBox,
    private readonly config: CentralConfig,
    private readonly store: Store,
    private readonly merchants: MerchantsService,
  ) {}

  /**
   * Signs in the person a token stands for, in the steps of docs/protocol/external-auth.md. A refusal is an answer too: the
   * browser is a person's, and has to be led somewhere.
   *
   * @throws {RequestError} RATE_LIMITED, by address and by address and issuer
   */
  async signIn(request: ExternalSignInRequest, trace: SignInTrace): Promise<SignInOutcome> {
    this.limit(request.address, this.config.rates.key);
    let issuer: IssuerRow | undefined;
    try {
      const token = readExternalToken(pickToken(request.tokens)); // steps 1 and 2
      issuer = await this.findIssuer(token.issuer, request.address); // step 3
      if (!issuer) throw new ExternalAuthError('issuer_unknown');
      trace.issuerId = issuer.id;
      const claims = verifyExternalToken(token, this.configurationOf(issuer), this.clock.now()); // steps 3 to 6
      trace.jtiHash = createHash('sha256').update(claims.tokenId).digest('hex').slice(0, 16);
      await this.takeTokenId(claims); // step 7
      return await this.enter(claims, issuer, request.sessionToken, trace); // steps 8 to 10
    } catch (error) {
      if (!(error instanceof ExternalAuthError)) throw error;
      const { code, publicCode, claimedIssuer } = error;
      if (!issuer && claimedIssuer !== undefined) issuer = await this.findIssuer(claimedIssuer, request.address);
      return {
        kind: 'refused',
        code,
        publicCode,
        redirectUrl: issuer ? failureUrl(issuer.redirect_url, publicCode) : null,
      };
    }
  }

  /** Ends a session. The answer is where its platform wants people to go afterwards. */
  async signOut(sessionToken: string): Promise<string | null> {
    const merchant = await this.merchants.findBySession(sessionToken);
    await this.merchants.signOut(sessionToken);
    return merchant?.issuer ? findLogoutUrl(this.dataSource.manager, this.store.name, merchant.issuer) : null;
  }

  /** Forgets token ids that could not be used again anyway. */
  async sweepTokenUses(): Promise<void> {
    await this.dataSource.query('DELETE FROM external_token_uses WHERE expires_at < $1', [this.clock.now()]);
  }

  private async findIssuer(name: string, address: string): Promise<IssuerRow | undefined> {
    this.limit(`${address}|${name}`, this.config.rates.anonymous);
    return findIssuer(this.dataSource.manager, this.store.name, name);
  }

  private configurationOf({ issuer, keys, max_life_seconds: maxLifeSeconds }: IssuerRow): ExternalIssuer {
    const opened = keys.map(({ kid, sealed }) => ({
      kid,
      secret: this.secretBox.open(Buffer.from(sealed, 'base64'), keyContext(kid)).toString(),
    }));
    return { issuer, keys: opened, maxLifeSeconds };
  }

  /** After the signature, or strangers could burn ids; before the session, or two requests could have one each (replay). */
  private async takeTokenId({ issuer, tokenId, expiresAt }: ExternalClaims): Promise<void> {
    const use = {
      store: this.store.name,
      issuer,
      jti: tokenId,
      expiresAt: new Date(expiresAt.getTime() + KEEP_USES_MS),
    };
    if (!(await claimTokenId(this.dataSource.manager, use))) throw new ExternalAuthError('token_replayed');
  }

  private async enter(
    { user, intendedUrl, readerExitUrl }: ExternalClaims,
    issuer: IssuerRow,
    previousToken: string | undefined,
    trace: SignInTrace,
  ): Promise<SignInOutcome> {
    const arrival = {
      ...user,
      store: this.store.name,
      issuer: issuer.issuer,
      instanceId: issuer.instance_id,
      readerExitUrl: readerExitOf(readerExitUrl, issuer.reader_exit_origins),
    };
    const signIn = await this.merchants.signInFromElsewhere(arrival, previousToken);
    if (signIn.refusal !== null) throw new ExternalAuthError(signIn.refusal);
    trace.foreignDestination = isForeignDestination(intendedUrl, this.store.origin);
    const destination = destinationOf(intendedUrl, this.store.origin, issuer.default_path);
    const { token: sessionToken, expiresAt, replacedAnother } = signIn;
    return { kind: 'signed_in', destination, sessionToken, expiresAt, replacedAnother };
  }

  private limit(caller: string, perMinute: number): void {
    const { allowed } = this.limiter.take(caller, perMinute, this.clock.now().getTime());
    if (!allowed) throw new RequestError('RATE_LIMITED');
  }
}
