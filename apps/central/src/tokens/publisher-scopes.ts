/** What a publisher's token may do. `full` is everything, keys, members and money included; the others publish and no more. */
export const PUBLISHER_SCOPES = ['full', 'releases:read', 'releases:write', 'listings:write'] as const;
export type PublisherScope = (typeof PUBLISHER_SCOPES)[number];

/** What a token made by a member may be given: a stolen one can publish under the keys that are there, and is then ended. */
export const PUBLISH_ONLY_SCOPES = ['releases:read', 'releases:write', 'listings:write'] as const;

/** Whether `held` allows what a route asks for; a route that names no scope asks for everything. */
export function allows(held: readonly PublisherScope[], wanted: PublisherScope | undefined): boolean {
  return held.includes('full') || (wanted !== undefined && wanted !== 'full' && held.includes(wanted));
}
