import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Reads `+ pid` and `- pid` and, when its input ends, ends what is left. Its input ends when the process at the other end is
 * gone, however it went. It takes no signal that a terminal or a service manager sends to all.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM
pids=' '
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done`;

const watched = new Set<number>();
let watchdog: ChildProcess | undefined;

/**
 * Sees to it that a process ends when this one does, by `kill -9` too and whatever the process is doing. Returns what calls
 * it off; call that as soon as the process is gone, before its number can belong to another.
 *
 * One small shell watches all of them from outside: a thread inside a plugin's process is closed to it by the permission
 * model, and its only JavaScript thread may be in an endless loop. On Windows processes end with their parent as it is.
 */
export function endWithThisProcess(pid: number): () => void {
  if (process.platform === 'win32') return () => undefined;
  watched.add(pid);
  if (watchdog) tell(`+ ${pid}`);
  else startWatchdog();
  return () => {
    if (!watched.delete(pid)) return;
    tell(`- ${pid}`);
    if (watched.size === 0) dismissWatchdog();
  };
}

function startWatchdog(): void {
  // A session of its own: what is sent to the shop's group must not reach it.
  const child = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} });
  watchdog = child;
  child.once('exit', () => {
    if (watchdog !== child) return;
    // Somebody ended it: the next one takes over what is left.
    watchdog = undefined;
    if (watched.size > 0) startWatchdog();
  });
  // Without a shell there is no watch, and plugins run all the same.
  child.once('error', () => undefined);
  child.stdin.on('error', () => undefined); // EPIPE: `exit` follows
  child.unref();
  (child.stdin as Writable & { unref(): void }).unref();
  for (const pid of watched) tell(`+ ${pid}`);
}

function dismissWatchdog(): void {
  watchdog?.stdin?.end();
  watchdog = undefined;
}

function tell(line: string): void {
  watchdog?.stdin?.write(`${line}\n`);
}
