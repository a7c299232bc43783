import type { SameKeys } from '@hansa/web-ui';
import { account } from './de/account.js';
import { common } from './de/common.js';
import { connections } from './de/connections.js';
import { merchant } from './de/merchant.js';
import { operate } from './de/operate.js';
import { problem } from './de/problem.js';
import { publish } from './de/publish.js';
import { release } from './de/release.js';
import { store } from './de/store.js';
import type { en } from './en.js';

export const de: SameKeys<typeof en> = {
  brand: 'Hansa',
  ...common,
  account,
  connections,
  merchant,
  operate,
  problem,
  publish,
  release,
  store,
};
