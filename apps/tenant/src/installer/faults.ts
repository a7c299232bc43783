/** Places in the work of a job where losing the process matters most: around every commit and every change on disk. */
export const FAULT_POINTS = [
  'job.taken',
  'fetch.receiving',
  'fetch.received',
  'fetch.renamed',
  'fetch.committed',
  'verify.checked',
  'verify.committed',
  'stage.unpacking',
  'stage.unpacked',
  'stage.renamed',
  'stage.committed',
  'switch.uncommitted',
  'switch.committed',
  'conclude.linked',
  'conclude.probing',
  'conclude.probed',
  'conclude.uncommitted',
  'conclude.committed',
  'conclude.cleaned',
  'rollback.uncommitted',
  'rollback.committed',
  'rollback.linked',
  'rollback.cleaned',
  'uninstall.uncommitted',
  'uninstall.committed',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** Is told when work on a package reaches a point. Nobody listens, but for the kill tests: they end the process there. */
export class Faults {
  constructor(private readonly tell?: (point: FaultPoint, marketplaceId: string) => void) {}

  at(point: FaultPoint, marketplaceId: string): void {
    this.tell?.(point, marketplaceId);
  }
}
