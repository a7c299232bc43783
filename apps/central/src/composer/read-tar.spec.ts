import { readTar, TarError } from './read-tar.js';

function entry(path: string, content: string, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  header.write(type, 156);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}
const pax = (key: string, value: string) => {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + 2 + (rest.length > 97 ? 1 : 0);
  return `${length}${rest}`;
};
const END = Buffer.alloc(1_024);

describe('readTar', () => {
  it('gives the files, with long names from pax headers', () => {
    const long = `${'d'.repeat(120)}/x.php`;
    const tar = [entry('g', pax('comment', 'abc'), 'g'), entry('a.php', 'A'), entry('dir/', '', '5')];
    const more = [entry('x', pax('path', long), 'x'), entry('short', 'B'), entry('c', 'C'.repeat(600)), END];
    expect(readTar(Buffer.concat([...tar, ...more])).map(({ path, bytes }) => [path, bytes.toString()])).toEqual([
      ['a.php', 'A'],
      [long, 'B'],
      ['c', 'C'.repeat(600)],
    ]);
  });

  it.each([
    ['a link', entry('a', '', '2')],
    ['a device', entry('a', '', '3')],
    ['a file that is cut short', entry('a', 'x'.repeat(600)).subarray(0, 700)],
    ['a malformed pax record', entry('x', 'nonsense', 'x')],
  ])('refuses %s', (_, tar) => expect(() => readTar(tar)).toThrow(TarError));
});
