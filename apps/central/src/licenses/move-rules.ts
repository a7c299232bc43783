/** A move as far as the rules look at it. */
export interface PastMove {
  readonly movedAt: Date;
  readonly undoneAt: Date | null;
}

export interface MoveLimits {
  readonly movesPerYear: number;
  readonly undoHours: number;
}

const YEAR_MS = 365 * 24 * 3_600_000;

/** Moves a license has left in the 365 days that end `now`; one that was undone does not count. */
export function movesLeft(moves: readonly PastMove[], { movesPerYear }: MoveLimits, now: Date): number {
  const since = now.getTime() - YEAR_MS;
  const counted = moves.filter(({ movedAt, undoneAt }) => undoneAt === null && movedAt.getTime() > since);
  return Math.max(0, movesPerYear - counted.length);
}

/** Until when a move may be undone; that moment itself is too late. */
export function undoableUntil({ movedAt }: Pick<PastMove, 'movedAt'>, { undoHours }: MoveLimits): Date {
  return new Date(movedAt.getTime() + undoHours * 3_600_000);
}

/** Until when the last move of a license may be undone; null when it no longer may, or has been. */
export function stillUndoableUntil(last: PastMove | null, limits: MoveLimits, now: Date): Date | null {
  if (last === null || last.undoneAt !== null) return null;
  const end = undoableUntil(last, limits);
  return end > now ? end : null;
}
