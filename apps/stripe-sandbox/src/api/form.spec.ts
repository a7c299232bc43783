import { canonicalForm, decodeForm, FormError } from './form.js';

const plain = (text: string): unknown =>
  JSON.parse(
    JSON.stringify(decodeForm(text), (_key, value: unknown) =>
      value instanceof Map ? Object.fromEntries(value) : value,
    ),
  );

describe('decodeForm', () => {
  it.each([
    ['', {}],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1&a=2', { a: '2' }],
    ['a', { a: '' }],
    ['name=J%C3%B6+Doe%26', { name: 'Jö Doe&' }],
    [
      'items[0][price][currency]=eur&items[1][price]=x',
      { items: { 0: { price: { currency: 'eur' } }, 1: { price: 'x' } } },
    ],
    ['items%5B0%5D=a', { items: { 0: 'a' } }],
    ['expand[]=a&expand[]=b', { expand: { 0: 'a', 1: 'b' } }],
  ])('decodes %j', (text, expected) => expect(plain(text)).toEqual(expected));

  it('takes __proto__ for a name like any other', () => {
    decodeForm('__proto__[admin]=1&constructor[prototype][admin]=1');
    expect(({} as { admin?: string }).admin).toBeUndefined();
  });

  it('refuses more fields, and deeper ones, than anybody needs', () => {
    const fields = (count: number): string => Array.from({ length: count }, (_, i) => `f${i}=1`).join('&');
    expect(decodeForm(fields(2000)).size).toBe(2000);
    expect(() => decodeForm(fields(2001))).toThrow(FormError);
    expect(() => decodeForm(`a${'[b]'.repeat(7)}=1`)).not.toThrow();
    expect(() => decodeForm(`a${'[b]'.repeat(8)}=1`)).toThrow(FormError);
  });

  it.each(['a=%', 'a=%ff', 'a[b=1', 'a]b=1', 'a[b]c=1', '[a]=1', 'a=1&a[b]=2', 'a[b]=1&a=2'])('refuses %j', (text) =>
    expect(() => decodeForm(text)).toThrow(FormError),
  );
});

describe('canonicalForm', () => {
  it('is the same for every order of fields, and another for another form', () => {
    expect(canonicalForm(decodeForm('b[y]=2&a=1&b[x]=3'))).toBe(canonicalForm(decodeForm('a=1&b[x]=3&b[y]=2')));
    expect(canonicalForm(decodeForm('a=1&b=2'))).not.toBe(canonicalForm(decodeForm('a=1&b=3')));
    expect(canonicalForm(decodeForm('a[b]=1'))).not.toBe(canonicalForm(decodeForm('a=b:1')));
  });
});
