/** Divides a sale between publisher and hub, in minor units. The two always add up; the odd cent is the publisher's. */
export function splitSale(
  amountMinor: number,
  commissionPercent: number,
): { publisherShare: number; commission: number } {
  const commission = Math.floor((amountMinor * commissionPercent) / 100);
  return { publisherShare: amountMinor - commission, commission };
}
