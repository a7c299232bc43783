import { isCheckedToken, newCheckedToken } from './checked-token.js';

describe('newCheckedToken', () => {
  it('makes a token its own check accepts, a different one each time', () => {
    const tokens = Array.from({ length: 50 }, () => newCheckedToken('hpkt'));
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) {
      expect(token).toMatch(/^hpkt_[0-9A-Za-z]{49}$/);
      expect(isCheckedToken(token, 'hpkt')).toBe(true);
    }
  });

  it('knows a token by its checksum: one altered character is refused', () => {
    const token = newCheckedToken('hpkt');
    const altered = token.slice(0, 10) + (token[10] === 'a' ? 'b' : 'a') + token.slice(11);
    expect(isCheckedToken(altered, 'hpkt')).toBe(false);
  });

  it.each(['', 'hpkt_', 'hpkt_short', newCheckedToken('hmgt')])('refuses %j as a token of kind hpkt', (token) => {
    expect(isCheckedToken(token, 'hpkt')).toBe(false);
  });
});
