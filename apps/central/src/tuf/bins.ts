import { createHash } from 'node:crypto';

/** Targets are spread over 2^8 bins by hash (TUF's succinct delegations, TAP 15): a bin of 100,000 releases names 400. */
export const BIN_BITS = 8;
export const BIN_COUNT = 2 ** BIN_BITS;
export const BIN_PREFIX = 'bins';

/** The bin of a target: the first byte of SHA-256 of its path. */
export function binOf(path: string): number {
  return createHash('sha256').update(path).digest()[0]!;
}

/** The name of the role that signs a bin, `bins-00` to `bins-ff`. */
export function binName(bin: number): string {
  return `${BIN_PREFIX}-${bin.toString(16).padStart(2, '0')}`;
}
