import { isConstraint } from './composer-constraint.js';

describe('isConstraint', () => {
  it.each([
    '*',
    '1.0.0',
    '<1.2.3',
    '>=1.0,<1.2.3',
    '>= 1.0 < 1.2.3',
    '>=1.0,<1.2|>=2.0,<2.0.5',
    '^1.2 || ~2.0',
    '1.2.*',
    '!=1.5',
  ])('understands %j', (text) => expect(isConstraint(text)).toBe(true));

  it.each(['', ' ', 'all', '<', '>=1.0,,<2', '1.0 - - 2.0', '<1.2.3;', 'dev-main', '*.*', 'x'.repeat(501), '|'])(
    'does not understand %j',
    (text) => expect(isConstraint(text)).toBe(false),
  );
});
