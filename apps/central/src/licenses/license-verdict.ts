import type { InstanceEnvironment, LicenseKind, LicenseReason, LicenseStatus } from '@hansa/contracts';

export interface LicenseStanding {
  readonly kind: LicenseKind;
  readonly packageId: string;
  readonly seats: number;
  readonly expiresAt: Date | null;
  readonly suspendedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Who asks, about what, and how the seats stand at that moment. */
export interface LicenseQuestion {
  readonly packageId: string | null;
  /** Null when no instance with this id is registered. */
  readonly instance: { readonly id: string; readonly environment: InstanceEnvironment } | null;
  /** Seats that production instances hold, the asking one included. */
  readonly seatsUsed: number;
  readonly holdsSeat: boolean;
  /** Staging and development instances that run it, the asking one included, and how many may. */
  readonly copiesUsed: number;
  readonly holdsCopy: boolean;
  readonly copies: number;
}

/**
 * Says why a license may not be used at `now`, or null if it may; the first reason in the documented order wins.
 *
 * Revoked and suspended outrank expired, so that support can tell them apart. The expiry instant itself is too late.
 */
export function refusalFor(
  license: LicenseStanding | null,
  question: LicenseQuestion,
  now: Date,
): LicenseReason | null {
  if (!license) return 'NOT_FOUND';
  const status = statusOf(license, now);
  if (status !== 'active') return ({ revoked: 'REVOKED', suspended: 'SUSPENDED', expired: 'EXPIRED' } as const)[status];
  if (license.packageId !== question.packageId) return 'PRODUCT_MISMATCH';
  const { instance } = question;
  if (!instance) return 'INSTANCE_MISMATCH';
  if (needsSeat(instance) && !question.holdsSeat && question.seatsUsed >= license.seats) return 'SEATS_EXHAUSTED';
  if (!needsSeat(instance) && !question.holdsCopy && question.copiesUsed >= question.copies) return 'SEATS_EXHAUSTED';
  return null;
}

/** Only production takes a seat: staging and development copies of a shop run on the same license. */
export function needsSeat(instance: { readonly environment: InstanceEnvironment }): boolean {
  return instance.environment === 'production';
}

/** How a license stands by itself, whoever asks. */
export function statusOf(
  license: Pick<LicenseStanding, 'expiresAt' | 'suspendedAt' | 'revokedAt'>,
  now: Date,
): LicenseStatus {
  if (license.revokedAt !== null) return 'revoked';
  if (license.suspendedAt !== null) return 'suspended';
  if (license.expiresAt !== null && license.expiresAt <= now) return 'expired';
  return 'active';
}

/** What a person reads beside the code. */
export const REASON_MESSAGES: Readonly<Record<LicenseReason, string>> = {
  NOT_FOUND: 'No license has this key.',
  REVOKED: 'This license was revoked.',
  SUSPENDED: 'This license is suspended.',
  EXPIRED: 'This license has expired.',
  PRODUCT_MISMATCH: 'This license is for another product.',
  INSTANCE_MISMATCH: 'This license cannot be used by this instance.',
  SEATS_EXHAUSTED: 'All seats of this license are in use. Deactivate one and try again.',
};
