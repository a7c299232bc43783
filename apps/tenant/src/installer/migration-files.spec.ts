import { pairUp, pendingOf, type MigrationFile } from './migration-files.js';

const files = (names: Record<string, string>) => new Map(Object.entries(names));
const migration = (name: string, checksum = name): MigrationFile => ({ name, checksum, up: '', down: '' });

describe(pairUp, () => {
  it('pairs up and down files in the order of their numbers', () => {
    const found = pairUp(
      files({ '0002-b.up.sql': 'b', '0002-b.down.sql': '-b', '0001-a.up.sql': 'a', '0001-a.down.sql': '-a' }),
    );
    expect(found.map(({ name, up, down }) => [name, up, down])).toEqual([
      ['0001-a', 'a', '-a'],
      ['0002-b', 'b', '-b'],
    ]);
  });

  it('takes a missing down file only from one that says it is irreversible', () => {
    expect(pairUp(files({ '0001-a.up.sql': '-- irreversible: names are merged\nDROP TABLE a;' }))).toMatchObject([
      { down: null },
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['no down file', { '0001-a.up.sql': 'a' }],
    ['no up file', { '0001-a.down.sql': 'a' }],
    ['a down file for what is irreversible', { '0001-a.up.sql': '-- irreversible: x', '0001-a.down.sql': 'a' }],
    ['an irreversible one without a reason', { '0001-a.up.sql': '-- irreversible:' }],
    ['a number twice', { '0001-a.up.sql': '', '0001-a.down.sql': '', '0001-b.up.sql': '', '0001-b.down.sql': '' }],
  ])('refuses %s', (_, given) => {
    expect(() => pairUp(files(given))).toThrow(expect.objectContaining({ code: 'MIGRATIONS_INVALID' }));
  });
});

describe(pendingOf, () => {
  it('gives what has not run', () => {
    expect(pendingOf([migration('1'), migration('2')], [migration('1')])).toEqual([migration('2')]);
  });

  it.each<[string, MigrationFile[], MigrationFile[]]>([
    ['was changed', [migration('1', 'other')], [migration('1')]],
    ['is gone', [], [migration('1')]],
    ['has another before it', [migration('0'), migration('1')], [migration('1')]],
  ])('refuses a release where what has run %s', (_, given, applied) => {
    expect(() => pendingOf(given, applied)).toThrow(expect.objectContaining({ code: 'MIGRATIONS_CHANGED' }));
  });
});
