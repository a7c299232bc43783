/** Whether the share of failures halts a rollout; a few reports say nothing yet. */
export function tooManyFail(
  { reports, failures }: { readonly reports: number; readonly failures: number },
  { haltPercent, haltReports }: { readonly haltPercent: number; readonly haltReports: number },
): boolean {
  return reports >= haltReports && failures * 100 >= reports * haltPercent;
}
