import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KID_BYTES = 4;

/** The box holds no key with the id a ciphertext names, or the ciphertext was altered. */
export class SecretBoxError extends Error {}

/**
 * Encrypts secrets at rest with AES-256-GCM under a named key, so that keys can rotate: the first key encrypts, every key
 * decrypts. Layout: key id (4 bytes), nonce (12), tag (16), ciphertext. `context` is bound in, so a value copied to another
 * column or row does not open there.
 */
export class SecretBox {
  private readonly keys: readonly { readonly kid: Buffer; readonly key: Buffer }[];

  /** @param masterKeys 32 bytes each, newest first */
  constructor(masterKeys: readonly Buffer[]) {
    if (masterKeys.length === 0 || masterKeys.some((key) => key.length !== 32))
      throw new SecretBoxError('A master key has 32 bytes.');
    this.keys = masterKeys.map((master) => ({
      kid: createHash('sha256').update(master).digest().subarray(0, KID_BYTES),
      key: Buffer.from(hkdfSync('sha256', master, '', 'hansa/secret-box', 32)),
    }));
  }

  seal(plain: string | Buffer, context: string): Buffer {
    const { kid, key } = this.keys[0]!;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([kid, iv, cipher.getAuthTag(), body]);
  }

  /** @throws {SecretBoxError} when no key fits, or the bytes or the context are not what was sealed */
  open(sealed: Buffer, context: string): Buffer {
    const kid = sealed.subarray(0, KID_BYTES);
    const entry = this.keys.find((candidate) => candidate.kid.equals(kid));
    if (!entry) throw new SecretBoxError('No master key opens this secret.');
    const body = sealed.subarray(KID_BYTES + IV_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', entry.key, sealed.subarray(KID_BYTES, KID_BYTES + IV_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(KID_BYTES + IV_BYTES, KID_BYTES + IV_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]);
    } catch (cause) {
      throw new SecretBoxError('This secret was altered or belongs elsewhere.', { cause });
    }
  }
}
