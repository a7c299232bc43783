import fc from 'fast-check';
import { decodeBase64url, parseJsonObject } from './strict-json.js';

const parse = (text: string) => parseJsonObject(Buffer.from(text));

it('reads every object JSON.stringify can write, up to the depth', () => {
  const values = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
  fc.assert(
    fc.property(values, (value) => expect(parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))),
  );
});

it.each([
  '{"a":1,"a":2}',
  '{"a":1,"\\u0061":2}',
  '{"a" : 1 , "a"\n: 2}',
  '{"x":{"a":1,"a":2}}',
  '{"x":[{"a":1,"a":2}]}',
  '{"a\\"":1,"a\\"":2}',
  '{"__proto__":1,"__proto__":2}',
  '[]',
  '"a"',
  'null',
  '1',
  '{',
  '',
  '\ufeff{}',
  '{"a":'.repeat(9) + '1' + '}'.repeat(9),
])('refuses %s', (text) => expect(parse(text)).toBeNull());

it.each(['{"a":{"a":1},"b":{"a":1}}', '{"a":"a\\":","b":["a","a"]}', '{"a":'.repeat(8) + '1' + '}'.repeat(8)])(
  'reads %s',
  (text) => expect(parse(text)).toEqual(JSON.parse(text)),
);

it('refuses what is not UTF-8', () => {
  expect(parseJsonObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeNull();
});

it('decodes base64url in exactly one spelling', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) =>
      expect(decodeBase64url(Buffer.from(bytes).toString('base64url'))).toEqual(Buffer.from(bytes)),
    ),
  );
  for (const text of ['A', 'AB', 'AA==', 'A+', 'A/', 'AA\n', 'é']) expect(decodeBase64url(text)).toBeNull();
});
