export { LedgerPosting, type LedgerAccount } from './ledger-posting.entity.js';
export { balancesOf, type Balances } from './payment-balances.js';
export { postBalances, type OrderBalances } from './post-balances.js';
export { splitSale } from './split-sale.js';
