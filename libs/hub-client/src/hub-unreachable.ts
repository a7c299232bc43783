/** Why there is no usable answer. `ANSWER_INVALID`: it came and does not fit the contract. */
export type UnreachableReason = 'NETWORK' | 'TIMEOUT' | 'SERVER_ERROR' | 'ANSWER_TOO_LARGE' | 'ANSWER_INVALID';

/** The hub gave no usable answer: neither a yes nor a no, so nothing may be concluded from it. */
export class HubUnreachable extends Error {
  override readonly name = 'HubUnreachable';

  constructor(
    readonly reason: UnreachableReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
