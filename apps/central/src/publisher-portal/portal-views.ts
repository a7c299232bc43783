import type { NamespaceView, PublisherView } from '@hansa/contracts';
import type { Membership, MemberView, Publisher, PublisherNamespace } from '#accounts';
import type { PublisherToken } from '#tokens';
import type { MemberRow, MembershipView, TokenView } from './portal.dto.js';

export function membershipView({ publisherId, name, role }: Membership): MembershipView {
  return { publisher_id: publisherId, name, role };
}

export function namespaceView({ namespace, verifiedAt, claimedAt }: PublisherNamespace): NamespaceView {
  return { namespace, verified: verifiedAt !== null, claimed_at: claimedAt.toISOString() };
}

export function publisherView({
  publisher: { id, name, verifiedAt, agreementVersion, twoPersonReview },
  namespaces,
}: {
  readonly publisher: Publisher;
  readonly namespaces: readonly PublisherNamespace[];
}): PublisherView {
  return {
    id,
    name,
    verified: verifiedAt !== null,
    agreement_version: agreementVersion,
    two_person_review: twoPersonReview,
    namespaces: namespaces.map(namespaceView),
  };
}

export function tokenView({ id, name, hint, scopes, createdAt, expiresAt, revokedAt }: PublisherToken): TokenView {
  return {
    id,
    name,
    hint,
    scopes,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt?.toISOString() ?? null,
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}

export function memberRow({ accountId, email, role, joinedAt }: MemberView): MemberRow {
  return { account_id: accountId, email, role, joined_at: joinedAt.toISOString() };
}

/** The list shape of our own surfaces, for lists that come whole. */
export function wholeList<T>(items: T[]): { items: T[]; count: number; limit: number; offset: number } {
  return { items, count: items.length, limit: items.length, offset: 0 };
}
