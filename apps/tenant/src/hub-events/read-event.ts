import { flatten, INSTANCE_EVENTS, type InstanceEventName, type InstanceEvents } from '@hansa/contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { HubEventError } from './hub-events.errors.js';

/** An event this shop acts on, or one from a newer hub that it only records. */
export type HubEvent =
  | {
      readonly [Name in InstanceEventName]: { readonly name: Name; readonly body: InstanceEvents[Name] };
    }[InstanceEventName]
  | { readonly name: null; readonly body: Record<string, unknown> };

/**
 * Reads the body of a delivery whose signature has been checked. Fields a newer hub adds are left alone.
 *
 * @throws {HubEventError} EVENT_MALFORMED
 */
export function readEvent(name: string, bytes: Uint8Array): HubEvent {
  const body = parseObject(bytes);
  if (!isKnown(name)) return { name: null, body };
  const event = plainToInstance<object, unknown>(INSTANCE_EVENTS[name], body);
  const findings = flatten(validateSync(event));
  if (findings.length > 0) throw new HubEventError('EVENT_MALFORMED', findings);
  return { name, body: event } as HubEvent;
}

function isKnown(name: string): name is InstanceEventName {
  return Object.hasOwn(INSTANCE_EVENTS, name);
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !text.includes('\\u0000')) {
      return value as Record<string, unknown>;
    }
  } catch {
    // not JSON: refused below
  }
  throw new HubEventError('EVENT_MALFORMED', [{ path: '', message: 'must be a JSON object' }]);
}
