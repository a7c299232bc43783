import { createHmac, randomBytes } from 'node:crypto';
import { unixSeconds } from './clock.js';
import { timingSafeEqualText } from './timing-safe-equal.js';
import { TrustError } from './trust-error.js';

/** Seconds a delivery's timestamp may lie before or after the receiver's clock (§3). */
export const WEBHOOK_TOLERANCE_SECONDS = 300;

const SECRET_PREFIX = 'whsec_';
const MAX_HEADER_LENGTH = 4096;
/** More signatures than any rotation needs; keeps a hostile header from buying work. */
const MAX_SIGNATURES = 16;
const TIMESTAMP = /^(0|[1-9]\d{0,11})$/;
/** No dot: Standard Webhooks sign `id.timestamp.body`, and a dot in the id would let two messages share a signature. */
const DELIVERY_ID = /^[A-Za-z0-9_-]{1,128}$/;
const EVENT = /^[A-Za-z0-9_.*-]{1,128}$/;

/** Headers as Node delivers them: lower-case names. */
export type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface VerifiedWebhook {
  readonly deliveryId: string;
  /** From `X-Carpha-Event`; null when a plain Standard Webhooks sender leaves it out. */
  readonly event: string | null;
  readonly signedAt: Date;
}

/** A signing secret: `whsec_` and 32 random bytes in base64, the form both header families understand. */
export function newWebhookSecret(): string {
  return SECRET_PREFIX + randomBytes(32).toString('base64');
}

/**
 * Headers for one attempt to deliver `body`, in both families (§3). Sign every attempt afresh; the delivery id stays.
 * Several secrets (during rotation) give several signatures in the given order; a receiver accepts any.
 *
 * The key of `X-Carpha-Signature` is the secret's text as UTF-8 bytes. The key of `webhook-signature` is what follows
 * `whsec_`, base64-decoded, as Standard Webhooks define it; a secret without that prefix is used as UTF-8 bytes there too.
 *
 * @throws {TrustError} SECRET_MALFORMED (none given, an empty one, or `whsec_` without base64 behind it) or
 *   SIGNATURE_MALFORMED (a delivery id or event name no receiver would accept)
 */
export function signWebhook(delivery: {
  readonly secrets: readonly string[];
  readonly deliveryId: string;
  readonly event: string;
  readonly body: Uint8Array;
  readonly at: Date;
}): Record<string, string> {
  const { secrets, deliveryId, event, body } = delivery;
  if (!DELIVERY_ID.test(deliveryId) || !EVENT.test(event))
    throw malformed('The delivery id or event name is not allowed.');
  const timestamp = String(unixSeconds(delivery.at));
  const keys = readSecrets(secrets);
  return {
    'X-Carpha-Event': event,
    'X-Carpha-Delivery-Id': deliveryId,
    'X-Carpha-Signature': [`t=${timestamp}`, ...keys.map((key) => `v1=${carphaSignature(key, timestamp, body)}`)].join(
      ',',
    ),
    'webhook-id': deliveryId,
    'webhook-timestamp': timestamp,
    'webhook-signature': keys.map((key) => `v1,${standardSignature(key, deliveryId, timestamp, body)}`).join(' '),
  };
}

/**
 * Says who sent `body` and when, or refuses it. Call it with the raw bytes before anything parses them.
 *
 * When `X-Carpha-Signature` is present it alone decides, so a wrong one cannot be rescued by the other family. It covers
 * time and body; delivery id and event are what the headers say, so what is done must be decided by the body.
 *
 * @throws {TrustError} SIGNATURE_MISSING, SIGNATURE_MALFORMED, SIGNATURE_MISMATCH, TIMESTAMP_TOO_OLD,
 *   TIMESTAMP_IN_FUTURE, or SECRET_MALFORMED
 */
export function verifyWebhook(request: {
  readonly headers: IncomingHeaders;
  readonly body: Uint8Array;
  readonly secrets: readonly string[];
  readonly now: Date;
}): VerifiedWebhook {
  const { headers, body, now } = request;
  const keys = readSecrets(request.secrets);
  const event = readHeader(headers, 'x-carpha-event');
  if (event !== null && !EVENT.test(event)) throw malformed('The event name is not allowed.');
  const { deliveryId, timestamp, given, own } = readCarpha(headers, body, keys) ?? readStandard(headers, body, keys);
  // Every pair is compared, whatever matched before: neither which secret nor which signature it was shows in the time.
  const matches = given.flatMap((signature) => own.map((mine) => timingSafeEqualText(signature, mine)));
  if (!matches.includes(true)) throw new TrustError('SIGNATURE_MISMATCH', 'No signature was made with a known secret.');
  refuseSkew(Number(timestamp), now);
  return { deliveryId, event, signedAt: new Date(Number(timestamp) * 1000) };
}

interface Secret {
  readonly carphaKey: Buffer;
  readonly standardKey: Buffer;
}

/** The signatures a request carries beside those this side computes for the same id, time and body. */
interface Signed {
  readonly deliveryId: string;
  readonly timestamp: string;
  readonly given: readonly string[];
  readonly own: readonly string[];
}

/** `X-Carpha-Signature: t=<unix s>,v1=<hex>[,v1=<hex>]`, members in any order, unknown names ignored. Null when absent. */
function readCarpha(headers: IncomingHeaders, body: Uint8Array, keys: readonly Secret[]): Signed | null {
  const header = readHeader(headers, 'x-carpha-signature');
  if (header === null) return null;
  const deliveryId = readDeliveryId(headers, 'x-carpha-delivery-id');
  const members = header.split(',').map((member) => member.trim().split('='));
  const timestamps = members.filter(([name]) => name === 't');
  const given = members.filter(([name]) => name === 'v1').map(([, ...value]) => value.join('='));
  if (timestamps.length !== 1) throw malformed('The signature header needs exactly one t.');
  const timestamp = readTimestamp(timestamps[0]?.slice(1).join('='));
  refuseCount(given.length);
  return { deliveryId, timestamp, given, own: keys.map((key) => carphaSignature(key, timestamp, body)) };
}

/** `webhook-id`, `webhook-timestamp` and `webhook-signature: v1,<base64>[ v1,<base64>]`, other versions ignored. */
function readStandard(headers: IncomingHeaders, body: Uint8Array, keys: readonly Secret[]): Signed {
  const header = readHeader(headers, 'webhook-signature');
  if (header === null) throw new TrustError('SIGNATURE_MISSING', 'The request carries no signature.');
  const deliveryId = readDeliveryId(headers, 'webhook-id');
  const timestamp = readTimestamp(readHeader(headers, 'webhook-timestamp') ?? undefined);
  const given = header.split(' ').flatMap((member) => (member.startsWith('v1,') ? [member.slice(3)] : []));
  refuseCount(given.length);
  return { deliveryId, timestamp, given, own: keys.map((key) => standardSignature(key, deliveryId, timestamp, body)) };
}

function carphaSignature({ carphaKey }: Secret, timestamp: string, body: Uint8Array): string {
  return createHmac('sha256', carphaKey).update(`${timestamp}.`).update(body).digest('hex');
}

function standardSignature({ standardKey }: Secret, deliveryId: string, timestamp: string, body: Uint8Array): string {
  return createHmac('sha256', standardKey).update(`${deliveryId}.${timestamp}.`).update(body).digest('base64');
}

/** An empty key would let anybody sign, so it is refused here and not left to configuration. */
function readSecrets(secrets: readonly string[]): Secret[] {
  if (secrets.length === 0) throw new TrustError('SECRET_MALFORMED', 'There is no signing secret.');
  return secrets.map((secret) => {
    const carphaKey = Buffer.from(secret, 'utf8');
    const encoded = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : null;
    const standardKey = encoded === null ? carphaKey : Buffer.from(encoded, 'base64');
    if (standardKey.length === 0 || (encoded !== null && standardKey.toString('base64') !== encoded)) {
      throw new TrustError('SECRET_MALFORMED', 'A signing secret is empty or not whsec_ followed by base64.');
    }
    return { carphaKey, standardKey };
  });
}

function readHeader(headers: IncomingHeaders, name: string): string | null {
  const value = headers[name];
  if (value === undefined) return null;
  if (typeof value !== 'string' || value.length > MAX_HEADER_LENGTH)
    throw malformed(`${name} is repeated or too long.`);
  return value;
}

function readDeliveryId(headers: IncomingHeaders, name: string): string {
  const value = readHeader(headers, name);
  if (value === null || !DELIVERY_ID.test(value)) throw malformed(`${name} is missing or not allowed.`);
  return value;
}

function readTimestamp(value: string | undefined): string {
  if (value === undefined || !TIMESTAMP.test(value)) throw malformed('The timestamp is missing or no whole number.');
  return value;
}

function refuseCount(signatures: number): void {
  if (signatures === 0 || signatures > MAX_SIGNATURES) throw malformed('There is no v1 signature, or too many.');
}

/** Too old stops replays; too far ahead stops a stolen signature from being kept for later. */
function refuseSkew(timestamp: number, now: Date): void {
  const age = unixSeconds(now) - timestamp;
  if (age > WEBHOOK_TOLERANCE_SECONDS)
    throw new TrustError('TIMESTAMP_TOO_OLD', 'The delivery was signed too long ago.');
  if (age < -WEBHOOK_TOLERANCE_SECONDS)
    throw new TrustError('TIMESTAMP_IN_FUTURE', 'The delivery was signed ahead of time.');
}

function malformed(message: string): TrustError {
  return new TrustError('SIGNATURE_MALFORMED', message);
}
