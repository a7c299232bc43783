import type { ReleaseFinding } from '@hansa/contracts';

type Severity = ReleaseFinding['severity'];

/** What a reviewer wants to look at. A plugin can do all of this for good reasons, so nothing here refuses by itself. */
const SIGNS: readonly { readonly pattern: RegExp; readonly severity: Severity; readonly message: string }[] = [
  { pattern: /\beval\s*\(|\bnew\s+Function\s*\(/, severity: 'warning', message: 'runs text as code' },
  { pattern: /["'`](?:node:)?child_process["'`]/, severity: 'warning', message: 'starts other programs' },
  { pattern: /["'`](?:node:)?vm["'`]/, severity: 'warning', message: 'runs text as code in another context' },
  {
    pattern: /["'`](?:node:)?(?:net|tls|dgram|http|https|http2)["'`]/,
    severity: 'info',
    message: 'opens connections by itself',
  },
];
/** Names that obfuscators give, and long runs of escapes that say nothing to a reader. */
const OBFUSCATED = [/\b_0x[0-9a-f]{4,}\b/, /(?:\\x[0-9a-f]{2}){20,}/i, /(?:\\u[0-9a-f]{4}){20,}/i];
const LONGEST_LINE = 20_000;

/** Findings in one file of code. */
export function scanCode(file: string, code: string): ReleaseFinding[] {
  const findings = SIGNS.filter(({ pattern }) => pattern.test(code)).map(({ severity, message }) =>
    found(severity, message, file),
  );
  const obfuscated =
    OBFUSCATED.some((pattern) => pattern.test(code)) || code.split('\n').some((line) => line.length > LONGEST_LINE);
  return obfuscated ? [...findings, found('warning', 'cannot be read by people', file)] : findings;
}

/** Scripts a package manager would run by itself at installation. */
export function scanInstallScripts(packageJson: unknown): ReleaseFinding[] {
  const scripts = (packageJson as { scripts?: unknown } | null)?.scripts;
  if (typeof scripts !== 'object' || scripts === null) return [];
  return ['preinstall', 'install', 'postinstall', 'prepare']
    .filter((name) => name in scripts)
    .map((name) => found('warning', `brings a script for ${name}, which shops never run`, 'package.json'));
}

function found(severity: Severity, message: string, file: string): ReleaseFinding {
  return { check: 'static-scan', severity, message, file };
}
