/** Why a request is not let in, and the status it is answered with. `token_expired` asks the extension for a fresh token. */
const STATUS = {
  token_missing: 401,
  token_malformed: 401,
  token_expired: 401,
  token_invalid: 401,
  tenant_not_allowed: 403,
  extension_not_allowed: 403,
  keys_unavailable: 503,
} as const;

export type ExtensionAuthCode = keyof typeof STATUS;

/** A request that is not let in. `message` says which check failed, for the log; the code is what the caller is told. */
export class ExtensionAuthError extends Error {
  readonly status: 401 | 403 | 503;

  constructor(
    readonly code: ExtensionAuthCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ExtensionAuthError';
    this.status = STATUS[code];
  }
}

export interface ExtensionAuthAnswer {
  readonly status: 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: { readonly code: ExtensionAuthCode } };
}

/** The answer every adapter gives. A token that is missing is challenged without an error code (RFC 6750 §3.1). */
export function answerTo({ code, status }: ExtensionAuthError): ExtensionAuthAnswer {
  const challenge = code === 'token_missing' ? 'Bearer' : 'Bearer error="invalid_token"';
  const headers = { 'cache-control': 'no-store', ...(status === 401 ? { 'www-authenticate': challenge } : {}) };
  return { status, headers, body: { error: { code } } };
}
