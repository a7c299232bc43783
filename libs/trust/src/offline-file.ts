import { parseJsonObject } from './strict-json.js';
import { TrustError } from './trust-error.js';

/** A member of a file that went from hand to hand; other members are left where they are. @throws {TrustError} TEXT_MALFORMED */
export function fileMember(text: string, name: string): string {
  const value = parseJsonObject(Buffer.from(text))?.[name];
  if (typeof value !== 'string') throw new TrustError('TEXT_MALFORMED', `The file has no ${name}.`);
  return value;
}
