/** A bank debit: accepted at once, paid or failed later. */
export interface DelayedMethod {
  readonly type: 'sepa_debit' | 'us_bank_account';
  readonly currency: string;
  readonly label: string;
  readonly accountLabel: string;
  /** Stripe's test accounts and what becomes of a debit. Any other well-formed account succeeds. */
  readonly accounts: Readonly<Record<string, 'succeeds' | 'fails'>>;
  readonly accountPattern: RegExp;
}

export const DELAYED_METHODS: readonly DelayedMethod[] = [
  {
    type: 'sepa_debit',
    currency: 'eur',
    label: 'SEPA Direct Debit',
    accountLabel: 'IBAN',
    accounts: { AT611904300234573201: 'succeeds', AT861904300235473202: 'fails' },
    accountPattern: /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/,
  },
  {
    type: 'us_bank_account',
    currency: 'usd',
    label: 'US bank account',
    accountLabel: 'Account number',
    accounts: { '000123456789': 'succeeds', '000222222227': 'fails' },
    accountPattern: /^\d{6,17}$/,
  },
];

/** Why a debit failed, in the API's words. */
export const DEBIT_FAILURE = {
  code: 'payment_method_provider_decline',
  declineCode: 'generic_decline',
  message: 'The customer’s bank declined the debit.',
} as const;
