import type { Archive } from '@hansa/archive';
import type { ReleaseFinding } from '@hansa/contracts';
import { scanCode, scanInstallScripts } from './scan-code.js';

const CODE = /\.(?:[cm]?js|[cm]?ts|jsx|tsx)$/;
/** Larger files of code are bundles nobody reviews by eye; they are named instead of read. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
/** A reviewer reads this many; the rest is counted. */
const MAX_FINDINGS = 200;

/** Looks for what a reviewer wants to see: code from text, other programs, unreadable code, install scripts. */
export async function staticScan(archive: Archive): Promise<ReleaseFinding[]> {
  const findings = scanInstallScripts(JSON.parse((await archive.read('package.json', MAX_FILE_BYTES)).toString()));
  let total = 0;
  for (const { path, size, isDirectory } of archive.entries) {
    if (isDirectory || !CODE.test(path)) continue;
    if (size > MAX_FILE_BYTES || total + size > MAX_TOTAL_BYTES) {
      findings.push({ check: 'static-scan', severity: 'warning', message: 'is too large to be looked at', file: path });
      continue;
    }
    total += size;
    findings.push(...scanCode(path, (await archive.read(path, MAX_FILE_BYTES)).toString()));
  }
  if (findings.length <= MAX_FINDINGS) return findings;
  const more = findings.length - MAX_FINDINGS;
  const rest: ReleaseFinding = { check: 'static-scan', severity: 'warning', message: `and ${more} more findings` };
  return [...findings.slice(0, MAX_FINDINGS), rest];
}
