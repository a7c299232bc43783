import { createPublicKey, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { Client, crypto, type Authorization } from 'acme-client';
import { AcmeProblem, prepareAcmeClient } from './acme-client-settings.js';
import type { CertificationKeys } from './certification-keys.js';
import {
  Issuer,
  IssuerUnavailable,
  type CertificateWish,
  type IssuerChallenge,
  type IssuerOrder,
  type IssuerProgress,
} from './issuer.js';

export interface AcmeSettings {
  readonly directoryUrl: string;
  readonly contact: string | undefined;
  /** External account binding, for CAs that want a customer of theirs behind an account (RFC 8555 §7.3.4). */
  readonly binding: { readonly kid: string; readonly hmacKey: string } | undefined;
}

const CHALLENGE_PATH = '.well-known/acme-challenge';
const TOKEN = /^[A-Za-z0-9_-]{16,256}$/;
/** Problems that will be the same the next time. Everything else is a bad day of the CA's or of ours. */
const FINAL: ReadonlySet<string> = new Set([
  'rejectedIdentifier',
  'unsupportedIdentifier',
  'badCSR',
  'caa',
  'badPublicKey',
]);

prepareAcmeClient();

/** Any CA that speaks ACME (RFC 8555), with HTTP-01. The account is made when it is first needed. */
export class AcmeIssuer extends Issuer {
  readonly id: string;
  private client: Promise<Client> | undefined;

  constructor(
    private readonly settings: AcmeSettings,
    private readonly keys: CertificationKeys,
  ) {
    super();
    this.id = settings.directoryUrl;
  }

  override async open({ names }: CertificateWish) {
    return this.talk(async (client): Promise<IssuerOrder> => {
      const identifiers = names.map((value) => ({ type: 'dns', value }));
      const order = await client.createOrder({ identifiers });
      const authorizations = await client.getAuthorizations(order);
      const pending = authorizations.filter(({ status }) => status === 'pending');
      const challenges = await Promise.all(pending.map((authorization) => challengeOf(client, authorization)));
      return { issuer: this.id, reference: order.url, challenges };
    });
  }

  override async advance({ reference }: IssuerOrder, wish: CertificateWish): Promise<IssuerProgress> {
    return this.talk(async (client): Promise<IssuerProgress> => {
      const order = await client.getOrder({ url: reference } as never);
      switch (order.status) {
        case 'pending':
          return this.answerChallenges(client, await client.getAuthorizations(order));
        case 'ready':
          await client.finalizeOrder(order, x509.PemConverter.encode(wish.csrDer, 'CERTIFICATE REQUEST'));
          return { state: 'waiting' };
        case 'processing':
          return { state: 'waiting' };
        case 'valid': {
          const certificatePem = await client.getCertificate(order);
          if (!isFor(certificatePem, wish)) return { state: 'refused', problem: 'CA_ANSWER_WRONG' };
          return { state: 'issued', certificatePem };
        }
        case 'invalid':
          return { state: 'failed', problem: 'CA_VALIDATION_FAILED' };
      }
    });
  }

  override async revoke(certificatePem: string): Promise<void> {
    try {
      this.client ??= this.connect();
      await (await this.client).revokeCertificate(certificatePem);
    } catch (cause) {
      this.client = undefined;
      if (cause instanceof AcmeProblem && cause.type === 'alreadyRevoked') return;
      throw new IssuerUnavailable(cause instanceof Error ? cause.message : 'no answer', { cause });
    }
  }

  /** Tells the CA to look; what it has been told before, it is not told again. */
  private async answerChallenges(client: Client, authorizations: Authorization[]): Promise<IssuerProgress> {
    for (const { status, challenges } of authorizations) {
      const http = challenges.find(({ type }) => type === 'http-01');
      if (status === 'pending' && http?.status === 'pending') await client.completeChallenge(http);
    }
    return { state: 'waiting' };
  }

  private async talk<T>(conversation: (client: Client) => Promise<T>) {
    try {
      this.client ??= this.connect();
      return await conversation(await this.client);
    } catch (cause) {
      this.client = undefined;
      if (cause instanceof AcmeProblem && FINAL.has(cause.type))
        return { state: 'refused' as const, problem: `CA_${cause.type}` };
      // An order the CA has forgotten is no reason to refuse: another is opened.
      if (cause instanceof AcmeProblem && cause.status === 404)
        return { state: 'failed' as const, problem: 'CA_ORDER_GONE' };
      throw new IssuerUnavailable(cause instanceof Error ? cause.message : 'no answer', { cause });
    }
  }

  private async connect(): Promise<Client> {
    const make = async () => ({
      privatePem: String(await crypto.createPrivateEcdsaKey('P-256')),
      certificatePem: null,
    });
    const { privatePem } = await this.keys.keyOf(this.id, make);
    const { directoryUrl, contact, binding } = this.settings;
    const client = new Client({
      directoryUrl,
      accountKey: privatePem,
      ...(binding ? { externalAccountBinding: binding } : {}),
    });
    // The CA knows the account by its key: making it again finds it.
    await client.createAccount({ termsOfServiceAgreed: true, ...(contact ? { contact: [`mailto:${contact}`] } : {}) });
    return client;
  }
}

async function challengeOf(client: Client, { identifier, challenges }: Authorization): Promise<IssuerChallenge> {
  const http = challenges.find(({ type }) => type === 'http-01');
  // The token becomes a file name on a customer's server.
  if (!http || !TOKEN.test(http.token)) throw new AcmeProblem(400, 'unsupportedIdentifier', 'no HTTP-01 challenge');
  const content = await client.getChallengeKeyAuthorization(http);
  return { name: identifier.value, relativePath: CHALLENGE_PATH, filename: http.token, content };
}

/** Whether what the CA sent is a certificate for the customer's key and all of his names. */
function isFor(chainPem: string, { names, csrDer }: CertificateWish): boolean {
  try {
    const leaf = new X509Certificate(chainPem);
    const spki = Buffer.from(new x509.Pkcs10CertificateRequest(csrDer).publicKey.rawData);
    const asked = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return leaf.publicKey.equals(asked) && names.every((name) => leaf.checkHost(name) !== undefined);
  } catch {
    return false;
  }
}
