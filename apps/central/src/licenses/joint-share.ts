/** Where a part of a joint payment stands among the others, in the order of their ids. */
export interface JointPart {
  /** Sum of the parts before it, in minor units. */
  readonly before: number;
  /** Sum of all parts. */
  readonly total: number;
}

/**
 * The share of one part in what went back of a joint payment, by their amounts. The shares of all parts add up to exactly what
 * went back, and all of it back is all of each part.
 */
export function jointShare(backMinor: number, ownMinor: number, { before, total }: JointPart): number {
  const upTo = (sum: number) => Number((BigInt(backMinor) * BigInt(sum)) / BigInt(total));
  return upTo(before + ownMinor) - upTo(before);
}
