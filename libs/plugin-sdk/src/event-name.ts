const EVENT_PATTERN = /^[a-z][a-z-]{0,39}\.(\*|[a-z][a-z_.-]{0,79})$/;

/** Whether a text can name an event (`order.placed`) or a group of them (`order.*`). */
export function isEventPattern(value: unknown): value is string {
  return typeof value === 'string' && EVENT_PATTERN.test(value);
}

/** Whether an event belongs to a name or a group: `order.*` covers `order.placed`. */
export function coversEvent(pattern: string, event: string): boolean {
  return pattern.endsWith('.*') ? event.startsWith(pattern.slice(0, -1)) : pattern === event;
}
