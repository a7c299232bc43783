import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const INTERVAL_MS = 250;

/**
 * What a process holds in memory, all kinds together: the heap's own limit knows nothing of buffers and WebAssembly. Where
 * the system does not say (it has no /proc), the process is asked, which an honest one answers. Undefined when nobody knows.
 */
export async function residentBytes(
  pid: number,
  ask: () => Promise<unknown>,
  procDir = '/proc',
): Promise<number | undefined> {
  const status = await readFile(join(procDir, String(pid), 'status'), 'utf8').catch(() => undefined);
  const kilobytes = status && /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes) return Number(kilobytes) * 1024;
  if (status !== undefined) return undefined; // it is ending
  const reported = await ask().catch(() => undefined);
  return typeof reported === 'number' ? reported : undefined;
}

/** Calls `exceeded` once, when a measurement is over the limit. Returns what ends the watch. */
export function watchMemory(
  measure: () => Promise<number | undefined>,
  limitBytes: number,
  exceeded: (bytes: number) => void,
): () => void {
  let over = false;
  const look = async (): Promise<void> => {
    const bytes = await measure();
    if (over) return;
    if (bytes !== undefined && bytes > limitBytes) {
      over = true;
      exceeded(bytes);
    } else timer = setTimeout(() => void look(), INTERVAL_MS).unref();
  };
  let timer = setTimeout(() => void look(), INTERVAL_MS).unref();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
