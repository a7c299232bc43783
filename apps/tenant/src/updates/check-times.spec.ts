import { firstCheckAt, nextCheckAt } from './check-times.js';

const NOW = new Date('2030-01-01T00:00:00Z');
const at = (text: string) => new Date(`2030-01-01T${text}Z`);

describe(nextCheckAt, () => {
  it('spreads checks over an hour after six', () => {
    expect(nextCheckAt(NOW, [], 0)).toEqual(at('06:00:00'));
    expect(nextCheckAt(NOW, [], 0.5)).toEqual(at('06:30:00'));
  });

  it('comes back when the first of what was held back may pass, not at once and not all shops together', () => {
    expect(nextCheckAt(NOW, [at('05:00:00'), at('02:00:00')], 0.2)).toEqual(at('02:01:00'));
    expect(nextCheckAt(NOW, [at('00:00:00')], 0)).toEqual(at('00:01:00'));
    expect(nextCheckAt(NOW, [at('23:00:00')], 0)).toEqual(at('06:00:00'));
  });
});

describe(firstCheckAt, () => {
  it('keeps what was planned, and catches up within minutes on what was missed', () => {
    expect(firstCheckAt(NOW, at('04:00:00'), 0)).toEqual(at('04:00:00'));
    expect(firstCheckAt(NOW, new Date(0), 0)).toEqual(at('00:01:00'));
    expect(firstCheckAt(NOW, null, 1)).toEqual(at('00:06:00'));
  });
});
