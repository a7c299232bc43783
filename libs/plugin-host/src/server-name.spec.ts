import { readServerName } from './server-name.js';

const sized = (size: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(size);
  length.writeUIntBE(body.length, 0, size);
  return Buffer.concat([length, body]);
};
const name = (text: string, kind = 0) => Buffer.concat([Buffer.from([kind]), sized(2, Buffer.from(text))]);
const serverName = (...names: readonly Buffer[]) => Buffer.concat([Buffer.from([0, 0]), sized(2, sized(2, ...names))]);
const OTHER = Buffer.concat([Buffer.from([0, 43]), sized(2, Buffer.from([2, 3, 4]))]);

/** A hello in one record; without extensions when none are given. */
function hello(...extensions: readonly Buffer[]): Buffer {
  const head = [
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    sized(1),
    sized(2, Buffer.from([19, 1])),
    sized(1, Buffer.from([0])),
  ];
  const body = Buffer.concat([...head, ...(extensions.length > 0 ? [sized(2, ...extensions)] : [])]);
  return record(Buffer.concat([Buffer.from([1]), sized(3, body)]));
}
const record = (body: Buffer, type = 22) => Buffer.concat([Buffer.from([type, 3, 1]), sized(2, body)]);

describe(readServerName.name, () => {
  it('finds the name, wherever it stands', () => {
    const expected = { kind: 'name', name: 'shop.example' };
    expect(readServerName(hello(serverName(name('shop.example'))))).toEqual(expected);
    expect(readServerName(hello(OTHER, serverName(name('shop.example')), OTHER))).toEqual(expected);
  });

  it('waits for every byte of the hello', () => {
    const whole = hello(OTHER, serverName(name('shop.example')));
    for (let end = 0; end < whole.length; end += 1) {
      expect(readServerName(whole.subarray(0, end))).toEqual({ kind: 'more' });
    }
  });

  it.each([
    ['plain text', Buffer.from('GET / HTTP/1.1\r\n')],
    ['a hello without extensions', hello()],
    ['a hello without a name', hello(OTHER)],
    ['what only starts like a record', Buffer.from([22, 1, 2])],
  ])('says that there is none in %s', (_what, bytes) => {
    expect(readServerName(bytes)).toEqual({ kind: 'none' });
  });

  it.each([
    ['two names in one list', hello(serverName(name('a.example'), name('b.example')))],
    ['two lists of names', hello(serverName(name('a.example')), serverName(name('b.example')))],
    ['a name of another kind', hello(serverName(name('a.example', 1)))],
    ['an empty list', hello(serverName())],
    ['an extension that is longer than the hello', hello(Buffer.from([0, 0, 0, 200, 1]))],
    ['another message', record(Buffer.concat([Buffer.from([2]), sized(3, Buffer.alloc(40))]))],
    [
      'another record before the hello is whole',
      Buffer.concat([record(Buffer.from([1, 0, 0, 99])), record(Buffer.alloc(4), 23)]),
    ],
  ])('does not read %s', (_what, bytes) => {
    expect(readServerName(bytes)).toEqual({ kind: 'unreadable' });
  });
});
