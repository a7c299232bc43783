const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

const ORDER_8_Y = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7n;

/**
 * The y coordinates of the eight points whose order divides 8. A signature under such a "key" can be made to verify for
 * many messages by someone who has no private key at all.
 */
const LOW_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, ORDER_8_Y, P - ORDER_8_Y]);

/** Says what is wrong with 32 bytes as an Ed25519 public key (RFC 8032 §5.1.3), or null if nothing is. */
export function ed25519PointFlaw(bytes: Uint8Array): 'KEY_MALFORMED' | 'KEY_WEAK' | null {
  if (bytes.length !== 32) return 'KEY_MALFORMED';
  const encoded = littleEndian(bytes);
  const y = encoded & (2n ** 255n - 1n);
  if (LOW_ORDER_Y.has(y % P)) return 'KEY_WEAK';
  if (y >= P) return 'KEY_MALFORMED'; // a second encoding of the same point: two thumbprints, one key
  return isOnCurve(y) ? null : 'KEY_MALFORMED';
}

/** Reads bytes as a number, least significant byte first. */
export function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

/** −x² + y² = 1 + d·x²·y² has an x exactly if (y² − 1)·(d·y² + 1) is a square. */
function isOnCurve(y: bigint): boolean {
  const square = (y * y) % P;
  return power((square - 1n + P) * (D * square + 1n), (P - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base % P, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}
