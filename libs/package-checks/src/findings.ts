import type { ReleaseFinding } from '@hansa/contracts';

const RANK = { error: 0, warning: 1, info: 2 } as const;

/** The worst of some findings, or undefined when there are none. */
export function severityOf(findings: readonly ReleaseFinding[]): ReleaseFinding['severity'] | undefined {
  return [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity])[0]?.severity;
}

/**
 * At most `max` findings of one check, the worst kept, and one more that says how many were left out: a package made to bring
 * thousands cannot hide the one that matters, nor fill the reviewer's page.
 */
export function cutFindings(findings: readonly ReleaseFinding[], max: number): ReleaseFinding[] {
  if (findings.length <= max) return [...findings];
  const worstFirst = findings
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => RANK[a.finding.severity] - RANK[b.finding.severity] || a.index - b.index)
    .map(({ finding }) => finding);
  const [first] = worstFirst.slice(max);
  const message = `and ${findings.length - max} more findings`;
  return [...worstFirst.slice(0, max), { check: first!.check, severity: first!.severity, message }];
}
