import type { SameKeys } from '@hansa/web-ui';
import { account } from './fr/account.js';
import { common } from './fr/common.js';
import { connections } from './fr/connections.js';
import { merchant } from './fr/merchant.js';
import { operate } from './fr/operate.js';
import { problem } from './fr/problem.js';
import { publish } from './fr/publish.js';
import { release } from './fr/release.js';
import { store } from './fr/store.js';
import type { en } from './en.js';

export const fr: SameKeys<typeof en> = {
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
