/** How often what changes by itself is asked for again. */
export const FIGURES_POLL_MS = 30_000;
export const LIST_POLL_MS = 5_000;
