/** `npm test`: sets up what is missing, runs every test, and ends with `N passed, N failed, N skipped`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureApt } from './ensure-apt.mjs';
import { prepare, ROOT } from './prepare.mjs';

await prepare();
const missing = ensureApt().map(({ command }) => command);
if (missing.length > 0) process.stdout.write(`  – tests that drive ${missing.join(', ')} are skipped: not installed\n`);

const reports = mkdtempSync(join(tmpdir(), 'hansa-reports-'));
const patterns = process.argv.slice(2);

/** Every line of the trust and archive libraries must be tested; their own unit tests run with coverage, which is slow. */
const unit = ['--selectProjects', 'unit'];
const runs =
  patterns.length > 0
    ? [['unit', [...patterns, ...unit]]]
    : [
        ['covered', ['/libs/(trust|archive)/', ...unit, '--coverage', '--coverageReporters', 'text-summary']],
        [
          'unit',
          [
            ...unit,
            ...['/node_modules/', '/dist/', '/libs/(trust|archive)/'].map((path) => `--testPathIgnorePatterns=${path}`),
          ],
        ],
      ];
runs.push(['database', [...patterns, '--selectProjects', 'int', 'e2e']]);

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const [name, selection] of runs) {
  const report = join(reports, `${name}.json`);
  const jest = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  // Suites that wait for processes and the database leave time for a third.
  const workers = name === 'database' ? '3' : '2';
  const flags = ['--json', '--outputFile', report, '--passWithNoTests', '--maxWorkers', workers];
  const { status } = spawnSync(process.execPath, [...jest, ...selection, ...flags], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  count(report, status);
}
rmSync(reports, { recursive: true, force: true });
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exitCode = totals.failed > 0 ? 1 : 0;

/** A run that ends badly without a failed test (a coverage gap, a suite that does not load) counts as one failure. */
function count(report, status) {
  const results = read(report);
  const failed = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  totals.passed += results?.numPassedTests ?? 0;
  totals.skipped += (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0);
  totals.failed += failed === 0 && status !== 0 ? 1 : failed;
}

function read(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}
