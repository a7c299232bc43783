import { execFile, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ROOT } from '../prepare.mjs';
import { writePrivate } from './settings.mjs';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
/** A server that was ready and dies is started again this often in a minute; then something is wrong. */
const RESTARTS_A_MINUTE = 5;
const RESTART_DELAY_MS = 500;

/** The servers of one federation. Each writes to its own log; one that dies is started again, as a service manager would. */
export class Processes {
  servers = [];
  stopping = false;

  constructor(dataDir, onDeath) {
    this.dataDir = dataDir;
    this.onDeath = onDeath;
  }

  /** Starts a server and waits until `readyUrl` answers 200. */
  async start(name, script, env, readyUrl) {
    const server = {
      name,
      script,
      env,
      readyUrl,
      log: join(this.dataDir, 'logs', `${name}.log`),
      deaths: [],
      ready: false,
    };
    this.servers.push(server);
    this.spawn(server);
    for (const deadline = Date.now() + READY_TIMEOUT_MS; !this.stopping;) {
      if (await isReady(readyUrl)) break;
      if (Date.now() > deadline)
        throw new Error(`${name} did not get ready. The end of ${server.log}:\n${tailOf(server.log)}`);
      await new Promise((done) => setTimeout(done, 100));
    }
    server.ready = true;
  }

  spawn(server) {
    const out = openSync(server.log, 'a');
    const child = spawn(process.execPath, [join(ROOT, server.script)], {
      env: server.env,
      cwd: ROOT,
      stdio: ['ignore', out, out],
      detached: true, // Ctrl-C reaches the launcher alone, which stops the servers in order
    });
    server.child = child;
    server.exited = new Promise((done) => child.once('exit', done));
    child.once('exit', (code, signal) => this.mourn(server, signal ?? `exit code ${code}`));
    writePrivate(
      join(this.dataDir, 'processes.json'),
      Object.fromEntries(this.servers.map(({ name, child: { pid } }) => [name, pid])),
    );
  }

  mourn(server, how) {
    if (this.stopping) return;
    const minuteAgo = Date.now() - 60_000;
    server.deaths = [...server.deaths.filter((at) => at > minuteAgo), Date.now()];
    if (!server.ready || server.deaths.length > RESTARTS_A_MINUTE) {
      this.onDeath(`${server.name} stopped (${how}). The end of ${server.log}:\n${tailOf(server.log)}`);
      return;
    }
    process.stdout.write(`  ! ${server.name} stopped (${how}); starting it again\n`);
    setTimeout(() => this.stopping || this.spawn(server), RESTART_DELAY_MS);
  }

  /** Ends every server, the last one started first, and waits until they are gone. */
  async stop() {
    this.stopping = true;
    for (const { child, exited } of [...this.servers].reverse()) {
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

/** The operator commands of the hub, in one process that begins with the first of them. */
export class Ops {
  constructor(env) {
    this.env = env;
    this.complaints = '';
  }

  /** What a command answers. @throws Error with what it says when it fails */
  async run(...words) {
    if (!this.child) this.begin();
    this.child.stdin.write(`${JSON.stringify(words)}\n`);
    const { value, done } = await this.answers.next();
    if (done) {
      // Its complaints may come after its last answer.
      await this.closed;
      throw new Error(`ops ${words[0]} failed. ${this.complaints}`);
    }
    return JSON.parse(value);
  }

  begin() {
    this.child = spawn(process.execPath, [join(ROOT, 'apps/central/dist/src/ops.js'), 'batch'], {
      env: this.env,
      cwd: ROOT,
      stdio: 'pipe',
    });
    this.closed = new Promise((done) => this.child.once('close', done));
    this.child.stdin.on('error', () => undefined); // it has ended, and says why
    this.child.stderr.on('data', (chunk) => (this.complaints += chunk));
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  end() {
    this.child?.stdin.end();
  }
}
