/** Divides a sale between publisher and hub, in minor units. The two always add up; the odd cent is the publisher's. */
export function splitSale(
  amountMinor: number,
  commissionPercent: number,
): { publisherShare: number; commission: number } {
  const commission = shareOf(amountMinor, commissionPercent, 100);
  return { publisherShare: amountMinor - commission, commission };
}

/** `part / whole` of an amount in minor units, rounded down: exactly, where a double would lose the last digits. */
export function shareOf(amountMinor: number, part: number, whole: number): number {
  return Number((BigInt(amountMinor) * BigInt(part)) / BigInt(whole));
}
