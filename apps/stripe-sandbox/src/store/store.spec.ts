import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from './journal.js';
import { Store } from './store.js';
import { type Task } from './task.js';

const task = (id: string, atMs = 0): Task => ({ id, kind: 'deliver-event', subject: 's', atMs });

describe(Store.name, () => {
  it('takes back everything a change wrote when it throws', () => {
    const store = new Store(null);
    store.change(() => [store.put('task', task('kept', 1)), store.put('task', task('gone', 1))]);
    expect(() =>
      store.change(() => {
        store.put('task', task('new'));
        store.put('task', task('kept', 2));
        store.put('task', task('kept', 3));
        store.delete('task', 'gone');
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.all('task').map(({ id, atMs }) => [id, atMs])).toEqual([
      ['kept', 1],
      ['gone', 1],
    ]);
  });

  it('takes back what the journal could not write', () => {
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    const journal = new Journal(folder);
    const store = new Store(journal);
    expect(() => store.change(() => store.put('task', task('a')))).toThrow(/not been started/);
    expect(store.all('task')).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('refuses writes outside a change, and edits of what it keeps', () => {
    const store = new Store(null);
    expect(() => store.put('task', task('a'))).toThrow(/change/);
    store.change(() => store.put('task', task('a')));
    expect(() => Object.assign(store.get('task', 'a')!, { atMs: 9 })).toThrow(TypeError);
  });

  it('comes back from its journal, and from the snapshot the journal becomes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'store-'));
    for (let run = 0; run < 3; run++) {
      const journal = new Journal(folder);
      const store = new Store(journal);
      expect(store.all('task').map(({ id }) => id)).toEqual(Array.from({ length: run }, (_, i) => `t${i}`));
      store.startJournal();
      store.change(() => [store.put('task', task(`t${run}`)), store.put('task', task('x'))]);
      store.change(() => store.delete('task', 'x'));
      journal.close();
    }
    rmSync(folder, { recursive: true });
  });
});
