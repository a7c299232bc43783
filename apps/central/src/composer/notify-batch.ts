import { PACKAGE_NAME } from './package-prefix.js';

export interface Install {
  readonly name: string;
  readonly version: string;
}

/** Installs one notification may report; what is beyond is passed over. */
const MAX_INSTALLS = 500;
const VERSION = /^[\w./+-]{1,100}$/;

/** The installs of a `notify-batch` body. Clients of other versions add fields; what is not understood is passed over. */
export function readInstalls(body: unknown): Install[] {
  const { downloads } = parse(body);
  if (!Array.isArray(downloads)) return [];
  return downloads.slice(0, MAX_INSTALLS).flatMap((item: unknown) => {
    const { name, version } = (item ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || name.length > 150 || !PACKAGE_NAME.test(name)) return [];
    return typeof version === 'string' && VERSION.test(version) ? [{ name, version }] : [];
  });
}

function parse(body: unknown): Record<string, unknown> {
  try {
    return (JSON.parse(typeof body === 'string' ? body : '') ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
