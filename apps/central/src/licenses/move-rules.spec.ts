import { movesLeft, stillUndoableUntil, undoableUntil } from './move-rules.js';

const LIMITS = { movesPerYear: 2, undoHours: 24 };
const NOW = new Date('2031-01-01T00:00:00Z');
const moved = (movedAt: string, undoneAt: string | null = null) => ({
  movedAt: new Date(movedAt),
  undoneAt: undoneAt === null ? null : new Date(undoneAt),
});

describe(movesLeft, () => {
  it.each([
    ['all before the first', [], 2],
    ['one after the first', [moved('2030-12-31T00:00:00Z')], 1],
    ['none at the limit', [moved('2030-12-31T00:00:00Z'), moved('2030-02-01T00:00:00Z')], 0],
    ['never less than none', [1, 2, 3].map(() => moved('2030-12-31T00:00:00Z')), 0],
    ['one again a year after a move, to the moment', [moved('2030-01-01T00:00:00Z')], 2],
    ['one less until then', [moved('2030-01-01T00:00:00.001Z')], 1],
    ['as if it had not been when a move was undone', [moved('2030-12-31T00:00:00Z', '2030-12-31T01:00:00Z')], 2],
  ])('leaves %s', (_, moves, left) => {
    expect(movesLeft(moves, LIMITS, NOW)).toBe(left);
  });
});

it('lets a move be undone for the hours that are set', () => {
  expect(undoableUntil(moved('2030-12-31T00:00:00Z'), LIMITS)).toEqual(NOW);
});

describe(stillUndoableUntil, () => {
  it.each([
    ['nothing when there was no move', null, null],
    ['nothing at the end of its window', moved('2030-12-31T00:00:00Z'), null],
    ['its end until then', moved('2030-12-31T00:00:00.001Z'), new Date('2031-01-01T00:00:00.001Z')],
    ['nothing when it was undone', moved('2030-12-31T12:00:00Z', '2030-12-31T13:00:00Z'), null],
  ])('is %s', (_, last, end) => {
    expect(stillUndoableUntil(last, LIMITS, NOW)).toEqual(end);
  });
});
