import type { Policy } from '../model.js';

export type Pin = Policy['pins'][number];

/** One pin a line: `@vendor/name 1.x`. */
export function writePins(pins: readonly Pin[]): string {
  return pins.map(({ marketplace_id: id, range }) => `${id} ${range}`).join('\n');
}

/** The pins of a text; null when a line has no package or no range. The server checks both. */
export function readPins(text: string): Pin[] | null {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const pins = lines.map((line) => /^(@\S+)\s+(\S.*)$/.exec(line));
  return pins.every((pin) => pin !== null)
    ? pins.map(([, id, range]) => ({ marketplace_id: id!, range: range! }))
    : null;
}
