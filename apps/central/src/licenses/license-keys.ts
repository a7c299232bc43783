import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { Clock, SecretBox } from '@hansa/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

const LOOKUP_KEY_CONTEXT = 'license-lookup-key';

/**
 * Turns license keys into what is kept of them: a keyed hash to find one by, and the key itself, sealed.
 *
 * A plain hash of 55 random bits could be searched through from a stolen dump. The hash is therefore keyed, and its key lies
 * in the database sealed under the master key: a dump alone tells nothing, and a new master key changes no lookup.
 */
@Injectable()
export class LicenseKeys implements OnModuleInit {
  private lookupKey: KeyObject | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly secretBox: SecretBox,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const sealed = this.secretBox.seal(randomBytes(32), LOOKUP_KEY_CONTEXT);
    await this.dataSource.query(
      'INSERT INTO license_lookup_keys (id, key_sealed, created_at) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING',
      [sealed, this.clock.now()],
    );
    const [row]: { key_sealed: Buffer }[] = await this.dataSource.query(
      'SELECT key_sealed FROM license_lookup_keys WHERE id = 1',
    );
    this.lookupKey = createSecretKey(this.secretBox.open(row!.key_sealed, LOOKUP_KEY_CONTEXT));
  }

  /**
   * What the license with this key is found by. Give it the canonical form of `parseLicenseKey`, or the text itself when it has
   * none: a wrong key and nonsense must not differ in time.
   */
  lookupOf(licenseKey: string): Buffer {
    if (!this.lookupKey) throw new Error('license keys are read before the module started');
    return createHmac('sha256', this.lookupKey).update(licenseKey).digest();
  }

  seal(licenseId: string, licenseKey: string): Buffer {
    return this.secretBox.seal(licenseKey, `license-key:${licenseId}`);
  }

  open(license: { readonly id: string; readonly keySealed: Buffer }): string {
    return this.secretBox.open(license.keySealed, `license-key:${license.id}`).toString();
  }
}
