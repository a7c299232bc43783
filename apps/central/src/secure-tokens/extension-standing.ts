/** What decides whether a shop's member may have a token for an extension. */
export interface ExtensionStanding {
  /** Undefined when the shop does not have it, or nobody does. */
  readonly installation: { readonly disabledAt: Date | null } | undefined;
  readonly extension: { readonly disabledAt: Date | null; readonly apiOrigins: readonly string[] } | undefined;
  readonly isLicensed: boolean;
}

export type ExtensionRefusal =
  'EXTENSION_NOT_INSTALLED' | 'EXTENSION_DISABLED' | 'LICENCE_INACTIVE' | 'AUDIENCE_NOT_ALLOWED' | 'BAD_USER_INPUT';

/**
 * The API origin a token is for, or why there is none. Without a wish it is the extension's only API; with several there has
 * to be one. Installation comes first: who does not have an extension learns nothing about it.
 */
export function audienceFor(
  { installation, extension, isLicensed }: ExtensionStanding,
  wish: string | null,
): { readonly audience: string } | { readonly refusal: ExtensionRefusal } {
  if (!installation || !extension) return { refusal: 'EXTENSION_NOT_INSTALLED' };
  if (extension.disabledAt !== null || installation.disabledAt !== null) return { refusal: 'EXTENSION_DISABLED' };
  if (!isLicensed) return { refusal: 'LICENCE_INACTIVE' };
  if (wish !== null)
    return extension.apiOrigins.includes(wish) ? { audience: wish } : { refusal: 'AUDIENCE_NOT_ALLOWED' };
  const [only, ...others] = extension.apiOrigins;
  return only === undefined || others.length > 0 ? { refusal: 'BAD_USER_INPUT' } : { audience: only };
}
