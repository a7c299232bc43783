import { buildSchema, parse, validate } from 'graphql';
import { limitsRule } from './graphql-limits.js';

const SCHEMA = buildSchema('type Query { a: Query b: Query id: ID }');
const flawsOf = (query: string) => validate(SCHEMA, parse(query), [limitsRule]).map(({ message }) => message);

it.each([
  ['{ a { a { a { a { id } } } } }', []],
  ['{ a { a { a { a { a { id } } } } } }', ['Nest at most 5 levels.']],
  [
    '{ ...f } fragment f on Query { a { ...g } } fragment g on Query { a { a { a { a { id } } } } }',
    ['Nest at most 5 levels.'],
  ],
  ['{ a { ... { ... { a { id } } } } }', []],
  ['{ a { w: id x: id y: id z: id } }', []],
  ['{ a { v: id w: id x: id y: id z: id } }', ['Use at most 4 aliases.']],
  [
    '{ a { ...f } b: a { ...f } } fragment f on Query { x: id y: id }',
    ['Ask for one field at the root.', 'Use at most 4 aliases.'],
  ],
  ['{ ...f } fragment f on Query { a { id } ...f }', []],
  ['query A { id } query B { id }', ['Send one operation.']],
  ['fragment f on Query { id }', ['Send one operation.']],
])('%s', (query, flaws) => expect(flawsOf(query)).toEqual(flaws));

it('walks a fragment once, however many others spread it', () => {
  const links = Array.from({ length: 60 }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`).join(' ');
  expect(flawsOf(`{ a { ...f0 } } ${links} fragment f60 on Query { x: id }`)).toEqual(['Use at most 4 aliases.']);
});
