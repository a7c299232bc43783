import { RequestError } from '../errors/request-error.js';
import { PlainTextPipe } from './validation.js';

const BODY = { type: 'body' } as const;

describe(PlainTextPipe.name, () => {
  const pipe = new PlainTextPipe();

  it('lets every text through that a database can keep', () => {
    const value = { name: 'Zoë 🛒', list: ['a', 1, null] };
    expect(pipe.transform(value, BODY)).toBe(value);
  });

  it.each([
    ['U+0000', { name: 'a\u0000b' }],
    ['U+0000 in a name', { 'a\u0000': 1 }],
    ['U+0000 deep inside', { list: [{ name: '\u0000' }] }],
    ['half a surrogate pair', { name: 'a\ud800b' }],
    ['the other half', { name: '\udc00' }],
  ])('refuses %s', (_what, value) => {
    expect(() => pipe.transform(value, BODY)).toThrow(RequestError);
  });

  it('refuses a body that nests without end', () => {
    const deep = Array.from({ length: 40 }).reduce<object>((inner) => ({ inner }), {});
    expect(() => pipe.transform(deep, BODY)).toThrow(RequestError);
  });

  it('refuses parameters of the address too', () => {
    expect(() => pipe.transform('a\u0000', { type: 'param', data: 'id' })).toThrow(RequestError);
  });
});
