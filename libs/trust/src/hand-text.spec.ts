import fc from 'fast-check';
import { fromHandText, toHandText } from './hand-text.js';
import { DIGITS } from './license-key.js';

const BYTES = Buffer.from(Array.from({ length: 60 }, (_, at) => (at * 37 + 11) & 255));
const TEXT = toHandText(BYTES);
const refusalOf = (text: string) => {
  try {
    fromHandText(text);
    return null;
  } catch (error) {
    const { code, field } = error as { code: string; field?: string };
    return field ?? code;
  }
};

it('writes lines of six groups of five', () => {
  const [first, ...others] = TEXT.split('\n');
  expect(first).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
  expect(others).toHaveLength(3);
});

it('reads back any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      expect(fromHandText(toHandText(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});

it('forgives case, look-alikes, hyphens, spaces and line breaks', () => {
  const typed = TEXT.toLowerCase().replace(/0/g, 'o').replace(/1/g, 'l').replace(/-/g, ' – ').replace(/\n/g, ' ');
  expect(fromHandText(typed)).toEqual(BYTES);
  expect(fromHandText(`\n  ${TEXT.replace(/-/g, '')}\r\n`)).toEqual(BYTES);
});

it('catches every single wrong character and names its line', () => {
  const lines = TEXT.split('\n');
  lines.forEach((line, number) => {
    for (let at = 0; at < line.length; at += 1) {
      if (line[at] === '-') continue;
      for (const other of DIGITS.replace(line[at]!, '')) {
        const wrong = lines.with(number, line.slice(0, at) + other + line.slice(at + 1)).join('\n');
        expect(refusalOf(wrong)).toBe(`line ${number + 1}`);
      }
    }
  });
});

it('catches every two characters of a line that changed places', () => {
  const line = TEXT.split('\n')[0]!.replace(/-/g, '');
  for (let a = 0; a < 28; a += 1) {
    for (let b = a + 1; b < 28; b += 1) {
      if (line[a] === line[b]) continue;
      const swapped = Array.from(line).with(a, line[b]!).with(b, line[a]!).join('');
      expect(refusalOf(swapped)).toBe('line 1');
    }
  }
});

it.each<[string, string, string]>([
  ['nothing', '', 'TEXT_MALFORMED'],
  ['two characters', 'AB', 'TEXT_MALFORMED'],
  ['a character that is none', TEXT.replace(/^./, '!'), 'line 1'],
  ['a character too few', TEXT.slice(0, -1), 'line 4'],
  ['a line too few at the beginning', TEXT.split('\n').slice(1).join('\n'), 'line 1'],
  ['lines in another order', TEXT.split('\n').toReversed().join('\n'), 'line 1'],
  ['a book', TEXT.repeat(100), 'TEXT_MALFORMED'],
  ['a book of spaces', ' '.repeat(100_000), 'TEXT_MALFORMED'],
])('refuses %s', (_what, text, refusal) => {
  expect(refusalOf(text)).toBe(refusal);
});
