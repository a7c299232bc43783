import { hidingSecrets } from './hide-secrets.js';

describe(hidingSecrets, () => {
  const hide = hidingSecrets({ token: 'tell-nobody', longer: 'tell-nobody-else', pin: 12_345, short: 'abc' });

  it.each<[string, unknown, unknown]>([
    ['a text', 'using tell-nobody twice: tell-nobody', 'using [secret] twice: [secret]'],
    ['one secret within another', 'tell-nobody-else', '[secret]'],
    ['fields at any depth', { a: [{ b: 'tell-nobody' }] }, { a: [{ b: '[secret]' }] }],
    ['a key', { 'tell-nobody': 1 }, { '[secret]': 1 }],
    ['a number, as text and as itself', ['pin=12345', 12_345], ['pin=[secret]', '[secret]']],
    ['what is too short to be told apart', 'abc', 'abc'],
    ['nothing', [null, undefined, true], [null, undefined, true]],
  ])('takes secrets out of %s', (_, said, heard) => {
    expect(hide(said)).toEqual(heard);
  });

  it('changes nothing where there are no secrets', () => {
    const said = { a: 1 };
    expect(hidingSecrets({})(said)).toBe(said);
  });
});
