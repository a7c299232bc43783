import { ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import trace from 'node:trace_events';
import v8 from 'node:v8';
import { handleOf, replaceMethods, seal } from './seal.js';

/** Closes, in this process and for good, what Node's permission model leaves open beside files and the network. */
export function guardProcess(): void {
  // Signals: a plugin could end the shop, or open the shop's debugger with SIGUSR1 and take it over. The underscored ones
  // are what `kill` and the debugger command stand on.
  for (const name of ['kill', '_kill', '_debugProcess']) seal(process, name, refusing('a plugin sends no signals'));
  // A handle of a process that was never started has the number 0, and a signal to 0 goes to the shop's whole group.
  replaceMethods(handleOf(new ChildProcess()), [], refusing('a plugin sends no signals'));
  // Starving the shop: its priority can be lowered by anyone of the same user.
  seal(os, 'setPriority', refusing('a plugin sets no priorities'));
  // V8's flags can be changed while it runs; some of them make new realms without these guards, others break its promises.
  seal(v8, 'setFlagsFromString', refusing('a plugin sets no flags'));
  // The permission model takes some folders for its own that it was never given, the root among them.
  seal(process, 'chdir', refusing('a plugin stays in its data directory'));
  // Writes files from native code, past the permission model.
  seal(trace, 'createTracing', refusing('a plugin traces nothing'));
  // A report of a crash is written by native code to any place the plugin names.
  seal(process, 'report', undefined);
  // From Node 22 on: `ATTACH` opens any database file of the machine, past the permission model.
  const sqlite: object = process.getBuiltinModule('node:sqlite') ?? {};
  for (const name of Object.keys(sqlite)) seal(sqlite, name, refusing('a plugin opens no databases'));
  syncBuiltinESMExports();
}

/** A function, not an arrow: some of what it stands for is called with `new`. */
function refusing(message: string): () => never {
  return function refuse() {
    throw new Error(message);
  };
}
