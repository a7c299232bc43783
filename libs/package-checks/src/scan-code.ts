import type { ReleaseFinding } from '@hansa/contracts';
import { lineOf, matchesOf } from './text-lines.js';

type Severity = ReleaseFinding['severity'];

interface Sign {
  readonly pattern: RegExp;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
}

/** What a reviewer wants to look at. A plugin can do all of this for good reasons, so nothing here refuses by itself. */
const SIGNS: readonly Sign[] = [
  {
    pattern: /\beval\s*\(|\bnew\s+Function\s*\(/g,
    severity: 'warning',
    message: 'runs text as code',
    advice: 'Call the function you mean, or parse the text as JSON.',
  },
  {
    pattern: /["'`](?:node:)?child_process["'`]/g,
    severity: 'warning',
    message: 'starts other programs',
    advice: 'Shops refuse it: the plugin runs without the right to start processes.',
  },
  {
    pattern: /["'`](?:node:)?vm["'`]/g,
    severity: 'warning',
    message: 'runs text as code in another context',
    advice: 'Call the function you mean.',
  },
  {
    pattern: /\bprocess\s*\.\s*(?:binding|dlopen)\b/g,
    severity: 'warning',
    message: 'reaches below the runtime',
    advice: 'Use the public modules of Node.',
  },
  {
    pattern: /["'`](?:node:)?(?:net|tls|dgram|http|https|http2)["'`]/g,
    severity: 'info',
    message: 'opens connections by itself',
    advice: 'Declare the hosts in permissions.net.',
  },
];

/** Names that obfuscators give, and long runs of escapes that say nothing to a reader. */
const OBFUSCATED = [/\b_0x[0-9a-f]{4,}\b/, /(?:\\x[0-9a-f]{2}){20,}/i, /(?:\\u[0-9a-f]{4}){20,}/i];
const LONGEST_LINE = 20_000;
/** Places of one sign in one file that are named. */
const MAX_PLACES = 50;

/** Findings in one file of code, each with the line it is on. */
export function scanCode(file: string, code: string): ReleaseFinding[] {
  const findings = SIGNS.flatMap(({ pattern, severity, message, advice }) =>
    matchesOf(code, pattern, MAX_PLACES).map(({ line }) => found(severity, message, file, line, advice)),
  );
  const unreadable = unreadableLine(code);
  if (unreadable === undefined) return findings;
  return [
    ...findings,
    found('warning', 'cannot be read by people', file, unreadable, 'Pack the sources, not a bundle.'),
  ];
}

/** Scripts a package manager would run by itself at installation. */
export function scanInstallScripts(packageJson: Readonly<Record<string, unknown>>): ReleaseFinding[] {
  const { scripts } = packageJson;
  if (typeof scripts !== 'object' || scripts === null) return [];
  return ['preinstall', 'install', 'postinstall', 'prepare']
    .filter((name) => name in scripts)
    .map((name) => {
      const message = `brings a script for ${name}, which shops never run`;
      return found('warning', message, 'package.json', undefined, 'Use the install hook of the manifest.');
    });
}

function unreadableLine(code: string): number | undefined {
  for (const pattern of OBFUSCATED) {
    const match = pattern.exec(code);
    if (match) return lineOf(code, match.index);
  }
  const long = code.split('\n').findIndex(({ length }) => length > LONGEST_LINE);
  return long < 0 ? undefined : long + 1;
}

function found(
  severity: Severity,
  message: string,
  file: string,
  line: number | undefined,
  advice: string,
): ReleaseFinding {
  return { check: 'static-scan', severity, message, file, ...(line === undefined ? {} : { line }), advice };
}
