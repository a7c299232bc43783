import { useTestDatabase as useDatabase, type TestDatabase } from '@hansa/testing';
import { SCHEMA } from './schema.js';

export { eventually, FakeTuf, fixedClock, TufKey } from '@hansa/testing';
export { aPlugin } from './a-plugin.js';
export { A_LICENSE_KEY, FakeHub } from './fake-hub.js';
export { aRelease, HELLO, pack, PUBLISHER, type Release, type ReleaseOptions } from './releases.js';
export { Listener } from './listener.js';
export { ILL, MortalShop, pointsOf } from './mortal-shop.js';
export { MortalTenant } from './mortal.js';
export { ADMIN, startTenant, type Reply, type TestTenant } from './tenant.js';

/** A fresh database of the tenant for each test; a test that leaves jobs nobody looked at fails. */
export function useTestDatabase(): TestDatabase {
  return useDatabase(SCHEMA);
}
