import { execFile, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../prepare.mjs';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** The servers of one federation. Each writes to its own log; one that dies unasked takes the others down with a reason. */
export class Processes {
  running = [];
  stopping = false;

  constructor(logDir, onDeath) {
    this.logDir = logDir;
    this.onDeath = onDeath;
  }

  /** Starts a server and waits until `readyUrl` answers 200. */
  async start(name, script, env, readyUrl) {
    const log = join(this.logDir, `${name}.log`);
    const out = openSync(log, 'a');
    const child = spawn(process.execPath, [join(ROOT, script)], {
      env,
      cwd: ROOT,
      stdio: ['ignore', out, out],
      detached: true,
    });
    const entry = { name, child, log, exited: new Promise((done) => child.once('exit', done)) };
    this.running.push(entry);
    let dead = false;
    child.once('exit', (code, signal) => {
      dead = true;
      if (!this.stopping)
        this.onDeath(`${name} stopped (${signal ?? `exit code ${code}`}). The end of ${log}:\n${tailOf(log)}`);
    });
    for (const deadline = Date.now() + READY_TIMEOUT_MS; !dead;) {
      if (await isReady(readyUrl)) return;
      if (Date.now() > deadline) throw new Error(`${name} did not get ready. The end of ${log}:\n${tailOf(log)}`);
      await new Promise((done) => setTimeout(done, 100));
    }
    await new Promise(() => undefined); // onDeath ends the program
  }

  /** Ends every server, the last one started first, and waits until they are gone. */
  async stop() {
    this.stopping = true;
    for (const { child, exited } of this.running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(forced);
    }
  }
}

async function isReady(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function tailOf(log) {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-8).join('\n');
}

const execute = promisify(execFile);

/** Runs a program of ours to its end and gives back what it printed. */
export async function runScript(script, args, env) {
  const { stdout } = await execute(process.execPath, [join(ROOT, script), ...args], {
    env,
    cwd: ROOT,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}
