export { LedgerEntry, type LedgerKind } from './ledger-entry.entity.js';
export { postSale, type Sale } from './post-sale.js';
export { splitSale } from './split-sale.js';
