import { account } from './en/account.js';
import { common } from './en/common.js';
import { connections } from './en/connections.js';
import { merchant } from './en/merchant.js';
import { operate } from './en/operate.js';
import { problem } from './en/problem.js';
import { publish } from './en/publish.js';
import { release } from './en/release.js';
import { store } from './en/store.js';

/** Everything this app says, by page; the other languages say the same. */
export const en = {
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
