import { createHash, hkdfSync } from 'node:crypto';

export interface SessionKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

/** Keys of admin sessions, derived from the master keys for this purpose alone: the newest signs, every one verifies. */
export class SessionKeys {
  readonly all: readonly SessionKey[];

  constructor(masterKeys: readonly Buffer[]) {
    this.all = masterKeys.map((master) => {
      const key = new Uint8Array(hkdfSync('sha256', master, '', 'hansa/tenant-admin-session', 32));
      return { kid: createHash('sha256').update(key).digest('base64url').slice(0, 16), key };
    });
  }

  get newest(): SessionKey {
    const [newest] = this.all;
    if (!newest) throw new Error('there is no master key');
    return newest;
  }
}
