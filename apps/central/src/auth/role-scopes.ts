import type { MemberRole } from '#accounts';
import { PUBLISH_ONLY_SCOPES, type PublisherScope } from '#tokens';

/** What a member may do with a session, in the words of tokens. */
export const ROLE_SCOPES: Readonly<Record<MemberRole, readonly PublisherScope[]>> = {
  owner: ['full'],
  developer: PUBLISH_ONLY_SCOPES,
  viewer: ['releases:read'],
};
