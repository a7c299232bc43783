import { ArchiveError } from '@hansa/archive';
import type { ReleaseFinding } from '@hansa/contracts';
import type { OpenPackage } from './open-package.js';
import { scanCode, scanInstallScripts } from './scan-code.js';
import { isSecretFile, scanSecrets } from './scan-secrets.js';

const CODE = /\.(?:[cm]?js|[cm]?ts|jsx|tsx)$/;
const TEXT =
  /(?:\.(?:json|jwk|ya?ml|toml|ini|cfg|conf|txt|md|sql|html?|xml|sh|env|pem|key)|(?:^|\/)\.[\w.-]+|(?:^|\/)[\w-]+)$/;
/** Larger files of code are bundles nobody reviews by eye; they are named instead of read. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
/** Enough to keep a package of nothing but findings from filling the memory; `cutFindings` keeps far fewer. */
const MAX_FINDINGS = 20_000;

/** Looks for what a reviewer wants to see: code from text, other programs, unreadable code, install scripts, secrets. */
export async function staticScan({ archive, packageJson }: OpenPackage): Promise<ReleaseFinding[]> {
  const findings = scanInstallScripts(packageJson);
  let total = 0;
  for (const { path, size, isDirectory } of archive.entries) {
    if (findings.length >= MAX_FINDINGS) break;
    if (isDirectory) continue;
    if (isSecretFile(path))
      findings.push(named('warning', 'is a file that usually holds secrets', path, 'Leave it out.'));
    if (path.endsWith('.node')) findings.push(named('warning', 'is compiled code', path, 'Shops do not load addons.'));
    const isCode = CODE.test(path);
    if (!isCode && !TEXT.test(path)) continue;
    if (size > MAX_FILE_BYTES || total + size > MAX_TOTAL_BYTES) {
      if (isCode) findings.push(named('warning', 'is too large to be looked at', path, 'Split it into modules.'));
      continue;
    }
    total += size;
    const text = await readText(archive, path);
    if (isCode) findings.push(...scanCode(path, text));
    findings.push(...scanSecrets(path, text));
  }
  return findings;
}

/** A damaged entry is the archive check's to name. */
async function readText(archive: OpenPackage['archive'], path: string): Promise<string> {
  try {
    return (await archive.read(path, MAX_FILE_BYTES)).toString('utf8');
  } catch (cause) {
    if (cause instanceof ArchiveError) return '';
    throw cause;
  }
}

function named(severity: ReleaseFinding['severity'], message: string, file: string, advice: string): ReleaseFinding {
  return { check: 'static-scan', severity, message, file, advice };
}
