/** What this shop tells by itself. */
export const OWN_EVENTS = [
  'plugin.installed',
  'plugin.updated',
  'plugin.rolled_back',
  'plugin.failed',
  'plugin.enabled',
  'plugin.disabled',
  'plugin.license_failed',
  'plugin.uninstalled',
] as const;

/** An event the host platform tells (federation.md §4). */
export const HOST_EVENT = /^(order|cart|customer|product)\.[a-z][a-z_.]{0,60}$/;
const HOST_GROUP = /^(order|cart|customer|product)\.\*$/;

/** Whether somebody may listen to this: an event of ours, one of the host platform's, or a group of either. */
export function isSubscribable(name: unknown): boolean {
  if (typeof name !== 'string') return false;
  return (
    name === 'plugin.*' ||
    (OWN_EVENTS as readonly string[]).includes(name) ||
    HOST_EVENT.test(name) ||
    HOST_GROUP.test(name)
  );
}

/** Whether a listener to `subscriptions` hears of `event`. */
export function hears(subscriptions: readonly string[], event: string): boolean {
  const group = `${event.slice(0, event.indexOf('.'))}.*`;
  return subscriptions.includes(event) || subscriptions.includes(group);
}
