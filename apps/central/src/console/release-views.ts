import type { ReleaseComment, ReleaseDossier } from '#releases';
import { releaseView } from '#releases';

/** A release with everything a reviewer reads. */
export function dossierView({ checks, diff, comments, approvals, ...found }: ReleaseDossier) {
  const { claimedBy, claimedAt, reviewNote, manifest } = found.release;
  return {
    release: releaseView(found),
    manifest,
    claimed_by: claimedBy,
    claimed_at: claimedAt?.toISOString() ?? null,
    review_note: reviewNote,
    checks: checks.map(({ name, status, finishedAt }) => ({
      name,
      status,
      finished_at: finishedAt?.toISOString() ?? null,
    })),
    diff,
    comments: comments.map(commentView),
    approvals: approvals.map(({ operator, approvedAt }) => ({ operator, approved_at: approvedAt.toISOString() })),
  };
}

export function commentView({ id, author, body, internal, writtenAt }: ReleaseComment) {
  return { id, author, body, internal, written_at: writtenAt.toISOString() };
}
