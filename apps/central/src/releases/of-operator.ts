/** Whether an act of this actor, as the audit log names it, is not a publisher's to take back. */
export function isOfOperator(actor: string | null): boolean {
  return actor?.startsWith('operator:') ?? false;
}
